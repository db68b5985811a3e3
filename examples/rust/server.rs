use std::io::{Read, Result, Write};
use std::net::{TcpListener, TcpStream};

fn answer(client: &mut TcpStream) -> Result<()> {
    let mut request = [0; 4096];
    let size = client.read(&mut request)?;
    let request = String::from_utf8_lossy(&request[..size]);
    let body = format!("Hello from {}\n", request.split(' ').nth(1).unwrap_or("nowhere"));
    write!(client, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn main() -> Result<()> {
    let port = std::env::var("PORT").unwrap_or("8080".into());
    for client in TcpListener::bind(format!("0.0.0.0:{port}"))?.incoming() {
        // A client that goes away in the middle is no reason to stop.
        let _ = client.and_then(|mut client| answer(&mut client));
    }
    Ok(())
}
