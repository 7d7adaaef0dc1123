package dev.ringdown;

import dev.ringdown.v1.Address;

/** Entry points of the SDK: {@code import static dev.ringdown.Ringdown.*;}. */
public final class Ringdown {
    private static final FlowBuilder EMPTY = new FlowBuilder();

    private Ringdown() {}

    /**
     * Creates a client from the environment: RINGDOWN_ADDRESS, or else {@code http://127.0.0.1:8080}, and RINGDOWN_KEY.
     *
     * @return a client, which must be closed
     */
    public static Client client() {
        return Client.builder().build();
    }

    /**
     * Creates a client of a server.
     *
     * @param address {@code http://} for plaintext, {@code https://} for TLS
     * @param key an access key or a JWT
     * @return a client, which must be closed
     */
    public static Client client(String address, String key) {
        return Client.builder().address(address).key(key).build();
    }

    /**
     * Returns the empty flow, with which every flow begins.
     *
     * @return a flow without actions
     */
    public static FlowBuilder flow() {
        return EMPTY;
    }

    /**
     * Returns the address of a telephone number.
     *
     * @param number the number, E.164: {@code +} and 7 to 15 digits
     * @return an address of type {@code tel}
     */
    public static Address tel(String number) {
        return address("tel", number);
    }

    /**
     * Returns a SIP address.
     *
     * @param address the address, <code>user&#64;host</code>
     * @return an address of type {@code sip}
     */
    public static Address sip(String address) {
        return address("sip", address);
    }

    /**
     * Returns the address of a registered endpoint.
     *
     * @param number the number of the extension
     * @return an address of type {@code extension}
     */
    public static Address extension(String number) {
        return address("extension", number);
    }

    /**
     * Returns an email address.
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
