//! The pages as somebody sees them who has signed in and has no scripts.

use super::{Caller, PATIENCE};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;

pub struct Browser {
    http: reqwest::Client,
    origin: String,
    token: String,
}

#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Caller {
    /// Signed in with the caller's token.
    pub fn browser(&self) -> Browser {
        let http = reqwest::Client::builder().timeout(PATIENCE);
        Browser {
            http: http.redirect(Policy::none()).build().expect("a client"),
            origin: self.origin.clone(),
            token: self.token.clone(),
        }
    }
}

impl Browser {
    pub async fn get(&self, path: &str) -> Page {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = self.http.get(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// A form as a page sends it, `next` and all.
    pub async fn act(&self, action: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get("/spec-kit").await;
        let csrf = page.between("name=\"csrf\" value=\"", "\"");
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .append_pair("csrf", &csrf)
            .finish();
        let request = self.http.post(format!("{}/actions/{action}", self.origin));
        self.send(request.body(body)).await
    }

    /// The same with a file, which has no name where none was chosen.
    pub async fn upload(
        &self,
        action: &str,
        fields: &[(&str, &str)],
        name: &str,
        file: &[u8],
    ) -> Page {
        const EDGE: &str = "----edge-of-a-part";
        let page = self.get("/spec-kit").await;
        let csrf = page.between("name=\"csrf\" value=\"", "\"");
        let mut body = Vec::new();
        for (field, value) in fields.iter().chain([&("csrf", csrf.as_str())]) {
            let part = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.into_bytes());
        }
        let head = format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(file);
        body.extend(format!("\r\n--{EDGE}--\r\n").into_bytes());
        let request = self.http.post(format!("{}/actions/{action}", self.origin));
        let kind = format!("multipart/form-data; boundary={EDGE}");
        self.send(request.header("content-type", kind).body(body))
            .await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let request = request.header("cookie", format!("ops_token={}", self.token));
        let answer = request.send().await.expect("an answer");
        Page {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: String::from_utf8_lossy(&answer.bytes().await.expect("a body")).into(),
        }
    }
}

impl Page {
    #[track_caller]
    pub fn is(self, status: u16) -> Page {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str());
        value.transpose().expect("ASCII").unwrap_or_default()
    }

    #[track_caller]
    pub fn has(&self, part: &str) {
        assert!(self.text.contains(part), "{part} is not in {}", self.text);
    }

    #[track_caller]
    pub fn has_not(&self, part: &str) {
        assert!(!self.text.contains(part), "{part} is in {}", self.text);
    }

    #[track_caller]
    pub fn between(&self, before: &str, after: &str) -> String {
        let rest = self.text.split_once(before);
        let (_, rest) = rest.unwrap_or_else(|| panic!("no {before} in {}", self.text));
        rest.split(after).next().unwrap_or_default().into()
    }

    /// What the next page will say, as its cookie has it.
    pub fn flash(&self) -> String {
        let cookies = self.headers.get_all("set-cookie").iter();
        let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok());
        let flash = cookies.find_map(|cookie| cookie.strip_prefix("ops_flash="));
        let flash = flash
            .and_then(|text| text.split(';').next())
            .unwrap_or_default();
        let pair = format!("x={flash}");
        form_urlencoded::parse(pair.as_bytes())
            .next()
            .map(|(_, text)| text.into_owned())
            .unwrap_or_default()
    }
}
