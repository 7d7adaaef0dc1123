package dev.ringdown;

import dev.ringdown.v1.Address;

/** What programs begin with: {@code import static dev.ringdown.Ringdown.*;}. */
public final class Ringdown {
    private static final FlowBuilder EMPTY = new FlowBuilder();

    private Ringdown() {}

    /**
     * A client of the server that the environment names: RINGDOWN_ADDRESS, else {@code http://127.0.0.1:8080}, and
     * RINGDOWN_KEY.
     *
     * @return a client, to be closed
     */
    public static Client client() {
        return Client.builder().build();
    }

    /**
     * A client of a server.
     *
     * @param address {@code http://} for plaintext, {@code https://} for TLS
     * @param key an access key or a JWT
     * @return a client, to be closed
     */
    public static Client client(String address, String key) {
        return Client.builder().address(address).key(key).build();
    }

    /**
     * Where every flow begins.
     *
     * @return a flow without actions
     */
    public static FlowBuilder flow() {
        return EMPTY;
    }

    /**
     * A telephone number as an address.
     *
     * @param number the number, E.164: {@code +} and 7 to 15 digits
     * @return an address of type {@code tel}
     */
    public static Address tel(String number) {
        return address("tel", number);
    }

    /**
     * A SIP address.
     *
     * @param address the address, <code>user&#64;host</code>
     * @return an address of type {@code sip}
     */
    public static Address sip(String address) {
        return address("sip", address);
    }

    /**
     * A registered endpoint as an address.
     *
     * @param number the number of the extension
     * @return an address of type {@code extension}
     */
    public static Address extension(String number) {
        return address("extension", number);
    }

    /**
     * A mail address.
     *
     * @param address the address, <code>name&#64;example.com</code>
     * @return an address of type {@code email}
     */
    public static Address email(String address) {
        return address("email", address);
    }

    private static Address address(String type, String target) {
        return Address.newBuilder().setType(type).setTarget(target).build();
    }
}
