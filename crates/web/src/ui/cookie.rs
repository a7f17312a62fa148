//! Cookies of the pages: the token, the theme, and what the form that was just sent came to.

use axum::http::{HeaderMap, HeaderValue, header};

pub const TOKEN: &str = "ops_token";
pub const THEME: &str = "ops_theme";
pub const FLASH: &str = "ops_flash";
pub const CHAT: &str = "ops_chat";

const YEAR_SECONDS: u32 = 365 * 24 * 3_600;

/// The value of a cookie, decoded. Of two with one name the first counts, which is the one with the
/// longer path: an older one of ours.
pub fn get(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| decode(value))
}

/// How long a browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    Year,
    /// Long enough for the page that a redirect leads to.
    Minute,
}

/// Whether the browser came over TLS, as far as we can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Plain,
    Tls,
}

pub fn set(name: &str, value: &str, keep: Keep, channel: Channel) -> Option<HeaderValue> {
    let age = match keep {
        Keep::Year => format!("; Max-Age={YEAR_SECONDS}"),
        Keep::Minute => "; Max-Age=60".into(),
    };
    header_value(name, &encode(value), &age, channel)
}

pub fn clear(name: &str, channel: Channel) -> Option<HeaderValue> {
    header_value(name, "", "; Max-Age=0", channel)
}

fn header_value(name: &str, value: &str, age: &str, channel: Channel) -> Option<HeaderValue> {
    let secure = match channel {
        Channel::Plain => "",
        Channel::Tls => "; Secure",
    };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
    HeaderValue::from_str(&text).ok()
}

fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn decode(text: &str) -> String {
    // A pair without a name: what stands behind `=` is decoded.
    let pair = format!("={text}");
    form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_read_back() {
        for text in ["ops_abc", "ok:“a” & b; c=d, é\n", "100%"] {
            let set = set(FLASH, text, Keep::Minute, Channel::Plain).expect("a header");
            let sent = set
                .to_str()
                .expect("ASCII")
                .split(';')
                .next()
                .expect("a pair");
            let mut headers = HeaderMap::new();
            let both = format!("x=1; {sent}; {FLASH}=later");
            headers.insert(
                header::COOKIE,
                HeaderValue::from_str(&both).expect("a header"),
            );
            assert_eq!(get(&headers, FLASH).as_deref(), Some(text));
        }
    }

    #[test]
    fn no_script_and_no_other_site_sends_the_token() {
        let plain = set(TOKEN, "t", Keep::Year, Channel::Plain).expect("a header");
        assert_eq!(
            plain,
            "ops_token=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"
        );
        let tls = set(TOKEN, "t", Keep::Minute, Channel::Tls).expect("a header");
        assert_eq!(
            tls,
            "ops_token=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure"
        );
    }
}
