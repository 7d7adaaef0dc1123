//! The socket for signalling.

use std::io;
use std::net::{SocketAddr, UdpSocket};

/// Room for what arrives while the reader is busy: at 1,000 calls a second 4 MB are more than half a second.
const BUFFER: usize = 4 << 20;
/// Class selector 3, for signalling (RFC 4594 3.1), as a DSCP in its octet.
const CS3: u8 = 24 << 2;

/// Binds a socket, not blocking, and marks what it sends. The address is not shared with another process. The kernel may
/// give smaller buffers, and a network may not allow the mark; neither is an error.
pub fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    #[cfg(unix)]
    {
        use rustix::net::sockopt;
        let buffers = [
            sockopt::set_socket_recv_buffer_size(&socket, BUFFER),
            sockopt::set_socket_send_buffer_size(&socket, BUFFER),
            match address {
                SocketAddr::V4(_) => sockopt::set_ip_tos(&socket, CS3),
                SocketAddr::V6(_) => sockopt::set_ipv6_tclass(&socket, u32::from(CS3)),
            },
        ];
        for error in buffers.into_iter().filter_map(Result::err) {
            tracing::debug!(%error, "an option of the SIP socket cannot be set");
        }
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::bind;

    #[test]
    fn an_address_is_ours_alone() {
        let socket = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        assert!(bind(socket.local_addr().unwrap()).is_err());
        let read = socket.recv_from(&mut [0; 1]).unwrap_err();
        assert_eq!(read.kind(), std::io::ErrorKind::WouldBlock);
        #[cfg(unix)]
        assert_eq!(rustix::net::sockopt::ip_tos(&socket).unwrap(), super::CS3);
    }
}
