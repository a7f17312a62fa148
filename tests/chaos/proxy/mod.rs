//! The road between one client and the API: it loses, repeats, delays, reorders and cuts what is
//! sent, and tells the witness what was really answered.

mod fate;
mod message;

use crate::counts::Counts;
use crate::random::Random;
use crate::schedule::{Entry, Fault, Weather};
use crate::witness::Witness;
use fate::Fate;
use message::{Message, Reader};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How long a request that waits for younger ones waits at most.
const REORDERED: Duration = Duration::from_secs(4);

pub struct Road {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    api: SocketAddr,
    witness: Arc<Witness>,
    spells: Mutex<Vec<Spell>>,
    random: Mutex<Random>,
    /// Requests answered so far.
    answered: watch::Sender<u64>,
    met: Mutex<BTreeMap<Weather, u64>>,
}

/// A time of one weather.
struct Spell {
    weather: Weather,
    one_in: u64,
    until: Instant,
}

impl Road {
    pub async fn to(api: SocketAddr, witness: Arc<Witness>, random: Random) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared {
            api,
            witness,
            spells: Mutex::default(),
            random: Mutex::new(random),
            answered: watch::Sender::new(0),
            met: Mutex::default(),
        });
        let serving = shared.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(client));
            }
        });
        Road { url, shared }
    }

    pub fn begin(&self, weather: Weather, one_in: u64, long: Duration) {
        let until = Instant::now() + long;
        held(&self.shared.spells).push(Spell {
            weather,
            one_in,
            until,
        });
    }

    pub fn clear_up(&self) {
        held(&self.shared.spells).clear();
    }

    /// How many messages met which weather.
    pub fn met(&self) -> BTreeMap<Weather, u64> {
        held(&self.shared.met).clone()
    }
}

/// Each weather on its road when it is due.
pub async fn suffer(
    roads: Vec<Road>,
    entries: Vec<Entry>,
    begin: Instant,
    counts: Arc<Counts>,
) -> Vec<Road> {
    for entry in entries {
        let due = begin + Duration::from_millis(entry.at_ms);
        tokio::time::sleep_until(due.into()).await;
        if let Fault::Network {
            road,
            weather,
            one_in,
            ms,
        } = entry.fault
        {
            roads[road].begin(weather, one_in, Duration::from_millis(ms));
            counts.done(entry.fault);
        }
    }
    roads
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    async fn serve(self: Arc<Self>, mut client: TcpStream) {
        let _ = client.set_nodelay(true);
        let (reading, mut writing) = client.split();
        let mut reader = Reader::new(reading);
        while let Ok(Some(request)) = reader.next().await {
            let fate = self.fate();
            let Some(answer) = self.clone().answer(fate, request, &mut reader).await else {
                return;
            };
            if writing.write_all(&answer).await.is_err() {
                return;
            }
            if fate == Fate::CutAnswer {
                return;
            }
        }
    }

    /// What becomes of the next request.
    fn fate(&self) -> Fate {
        let now = Instant::now();
        let mut spells = held(&self.spells);
        spells.retain(|spell| spell.until > now);
        let mut random = held(&self.random);
        for spell in spells.iter() {
            if spell.weather == Weather::CutOff || random.below(spell.one_in) == 0 {
                *held(&self.met).entry(spell.weather).or_default() += 1;
                return Fate::of(spell.weather, &mut random);
            }
        }
        Fate::Pass
    }

    /// What the client is told; `None` is a connection that ends.
    async fn answer(
        self: Arc<Self>,
        fate: Fate,
        request: Message,
        client: &mut Reader<impl tokio::io::AsyncRead + Unpin>,
    ) -> Option<Vec<u8>> {
        match fate {
            Fate::Pass => tokio::select! {
                answer = self.carry(&request) => answer,
                // As a server would see it: whoever waits no longer is no longer connected.
                () = client.hung_up() => None,
            },
            Fate::LoseRequest => None,
            Fate::LoseAnswer => {
                self.carry(&request).await;
                None
            }
            Fate::CutRequest => {
                let mut api = TcpStream::connect(self.api).await.ok()?;
                let _ = api
                    .write_all(&request.bytes[..request.bytes.len() / 2])
                    .await;
                None
            }
            Fate::CutAnswer => {
                let mut answer = self.carry(&request).await?;
                answer.truncate(answer.len() / 2);
                Some(answer)
            }
            Fate::DelayRequest(pause) => {
                tokio::time::sleep(pause).await;
                self.carry(&request).await
            }
            Fate::DelayAnswer(pause) => {
                let answer = self.carry(&request).await;
                tokio::time::sleep(pause).await;
                answer
            }
            Fate::Duplicate(pause) => {
                let request = Arc::new(request);
                let (road, copy) = (self.clone(), request.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(pause).await;
                    road.carry(&copy).await;
                });
                self.carry(&request).await
            }
            Fate::Reorder(younger) => {
                let mut answered = self.answered.subscribe();
                let enough = *answered.borrow() + younger;
                let passed = answered.wait_for(|answered| *answered >= enough);
                let _ = tokio::time::timeout(REORDERED, passed).await;
                self.carry(&request).await
            }
        }
    }

    /// Carries it over a connection of its own, and back. `None` where nobody answers.
    async fn carry(&self, request: &Message) -> Option<Vec<u8>> {
        let mut api = TcpStream::connect(self.api).await.ok()?;
        let _ = api.set_nodelay(true);
        let sent = Instant::now();
        api.write_all(&request.bytes).await.ok()?;
        let answer = Reader::new(&mut api).next().await.ok().flatten()?;
        self.witness.saw(
            request.verb(),
            &request.json(),
            answer.status(),
            &answer.json(),
            sent,
        );
        self.answered.send_modify(|answered| *answered += 1);
        Some(answer.bytes)
    }
}
