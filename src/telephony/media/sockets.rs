//! The sockets of a leg: bound to a pair of ports, marked for priority.

use super::ports::Ports;
use socket2::SockRef;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

/// Expedited forwarding (RFC 3246) in the upper six bits of the byte.
const EXPEDITED: u32 = 46 << 2;
/// Pairs that are tried when other programs use ports of the range.
const ATTEMPTS: usize = 16;

/// The ports of one address.
#[derive(Debug, Clone)]
pub struct PortPool {
    address: IpAddr,
    ports: Arc<Mutex<Ports>>,
}

/// The sockets of one leg. The ports are free again, after a rest, when it is dropped.
#[derive(Debug)]
pub struct Sockets {
    pub rtp: UdpSocket,
    /// Closed when RTP and RTCP share a port.
    pub rtcp: Option<UdpSocket>,
    pub lease: Lease,
}

/// A pair of ports that is in use.
#[derive(Debug)]
pub struct Lease {
    rtp: u16,
    ports: Arc<Mutex<Ports>>,
}

impl PortPool {
    pub fn new(address: IpAddr, ports: Ports) -> PortPool {
        PortPool { address, ports: Arc::new(Mutex::new(ports)) }
    }

    /// Binds a pair of sockets. Fails with `AddrInUse` if all ports of the range are used or rest.
    pub fn bind(&self) -> io::Result<Sockets> {
        let mut failed = io::Error::new(io::ErrorKind::AddrInUse, "all media ports are in use");
        for _ in 0..ATTEMPTS {
            let Some(rtp) = lock(&self.ports).take(Instant::now()) else { break };
            // Dropping the lease of a pair that cannot be bound lets it rest.
            let lease = Lease { rtp, ports: self.ports.clone() };
            match (open(self.address, rtp), open(self.address, rtp + 1)) {
                (Ok(rtp), Ok(rtcp)) => return Ok(Sockets { rtp, rtcp: Some(rtcp), lease }),
                (Err(error), _) | (_, Err(error)) => failed = error,
            }
        }
        Err(failed)
    }

    /// The pairs that are used, and those of the range.
    pub fn used(&self) -> (usize, usize) {
        let ports = lock(&self.ports);
        (ports.used(), ports.capacity())
    }
}

impl Sockets {
    /// The port for RTP that the SDP names.
    pub fn port(&self) -> u16 {
        self.lease.rtp
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&self.ports).give_back(self.rtp, Instant::now());
    }
}

fn lock(ports: &Mutex<Ports>) -> MutexGuard<'_, Ports> {
    ports.lock().expect("no code panics under this lock")
}

fn open(address: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(SocketAddr::new(address, port))?;
    socket.set_nonblocking(true)?;
    let marked = match address {
        IpAddr::V4(_) => SockRef::from(&socket).set_tos_v4(EXPEDITED),
        IpAddr::V6(_) => SockRef::from(&socket).set_tclass_v6(EXPEDITED),
    };
    if let Err(error) = marked {
        // Some containers forbid it: the call works all the same.
        tracing::debug!(%error, port, "cannot mark media for priority");
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn pairs_are_bound_around_those_of_others_and_rest_after_their_use() {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let other = UdpSocket::bind((address, 0)).unwrap();
        let taken = other.local_addr().unwrap().port() & !1;
        // The pair of another program and one next to it.
        let pool = PortPool::new(address, Ports::new(taken..=taken.saturating_add(3), 1));
        let sockets = pool.bind();
        if let Ok(sockets) = &sockets {
            assert_eq!((sockets.port(), pool.used()), (taken + 2, (1, 2)));
            assert_eq!(sockets.rtp.local_addr().unwrap().port(), taken + 2);
            assert_eq!(SockRef::from(&sockets.rtp).tos_v4().unwrap(), EXPEDITED);
        }
        drop(sockets);
        assert_eq!(pool.used().0, 0);
        assert_eq!(pool.bind().unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }
}
