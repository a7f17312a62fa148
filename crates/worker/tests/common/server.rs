//! A scripted HTTP server on a port of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

#[derive(Debug, Clone)]
pub struct Received {
    /// The request line.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }
}

pub enum Reply {
    /// Status, headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Nothing at all; the connection stays open.
    Silence,
    /// A body that never ends.
    Endless,
    /// A length and less than that.
    BreaksOff,
}

pub fn answer(status: u16, body: &str) -> Reply {
    Reply::Answer(status, Vec::new(), body.to_string())
}

pub fn redirect(status: u16, to: impl Into<String>) -> Reply {
    Reply::Answer(status, vec![("location", to.into())], String::new())
}

pub struct Server {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    count: watch::Receiver<usize>,
    task: AbortHandle,
}

impl Server {
    /// `script` gets each request and how many there were before it.
    pub async fn start(script: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (counter, count) = watch::channel(0);
        let (script, log) = (Arc::new(script), received.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, log, counter) = (script.clone(), log.clone(), counter.clone());
                tokio::spawn(async move {
                    let _ = serve(stream, &*script, &log, &counter).await;
                });
            }
        });
        Server {
            address,
            received,
            count,
            task: task.abort_handle(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn requests(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub async fn until_asked(&self, times: usize) {
        let mut count = self.count.clone();
        let asked = count.wait_for(|count| *count >= times);
        let asked = tokio::time::timeout(super::STUCK, asked).await;
        assert!(asked.is_ok_and(|asked| asked.is_ok()), "never asked");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    script: &(impl Fn(&Received, usize) -> Reply + ?Sized),
    log: &Mutex<Vec<Received>>,
    counter: &watch::Sender<usize>,
) -> std::io::Result<()> {
    let request = read(&mut stream).await?;
    let before = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    let reply = script(&request, before);
    counter.send_modify(|count| *count += 1);
    match reply {
        Reply::Answer(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            if request.line.starts_with("HEAD") {
                return stream.write_all(format!("{head}\r\n").as_bytes()).await;
            }
            stream
                .write_all(format!("{head}\r\n{body}").as_bytes())
                .await
        }
        Reply::Silence => {
            let mut end = [0];
            stream.read(&mut end).await.map(|_| ())
        }
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            loop {
                stream.write_all(&[b'x'; 10_000]).await?;
            }
        }
        Reply::BreaksOff => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort")
                .await
        }
    }
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Received> {
    let mut bytes = Vec::new();
    let head = loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let mut lines = text.split("\r\n");
    let line = lines.next().unwrap_or_default().to_string();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_string()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap_or(0));
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            break;
        }
    }
    Ok(Received {
        line,
        headers,
        body: String::from_utf8_lossy(&bytes[head + 4..]).into_owned(),
    })
}
