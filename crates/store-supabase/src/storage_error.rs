//! What Storage says. The old shape is `{statusCode, error, message}` under HTTP 400, the new one
//! `{code, message}` under its true status; both are about.
//! <https://supabase.com/docs/guides/storage/debugging/error-codes>

use ops_core::port::HttpResponse;
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// No object under this path.
    Missing,
    NoBucket,
    Exists,
    Refused,
    TooLarge,
    Other,
}

pub fn said(response: &HttpResponse) -> Said {
    let body: Value = match response.status {
        // A success may be any bytes, also such as look like an error.
        200..=299 => return Said::Other,
        _ => serde_json::from_slice(&response.body).unwrap_or_default(),
    };
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    match text("code") {
        "NoSuchBucket" => return Said::NoBucket,
        "NoSuchKey" => return Said::Missing,
        "KeyAlreadyExists" | "ResourceAlreadyExists" | "BucketAlreadyExists" => {
            return Said::Exists;
        }
        "EntityTooLarge" => return Said::TooLarge,
        "AccessDenied" | "InvalidJWT" | "SignatureDoesNotMatch" => return Said::Refused,
        _ => {}
    }
    let status = text("statusCode")
        .parse()
        .ok()
        .or(body["statusCode"].as_u64());
    match status.unwrap_or(response.status.into()) {
        404 if text("message").starts_with("Bucket") => Said::NoBucket,
        404 => Said::Missing,
        409 => Said::Exists,
        413 => Said::TooLarge,
        401 | 403 => Said::Refused,
        _ => Said::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> Said {
        said(&HttpResponse {
            status,
            headers: Vec::new(),
            body: body.into(),
        })
    }

    #[test]
    fn both_shapes_are_read() {
        for (status, body, expected) in [
            (
                400,
                r#"{"statusCode":"404","error":"not_found","message":"Object not found"}"#,
                Said::Missing,
            ),
            (
                404,
                r#"{"code":"NoSuchKey","message":"The resource was not found"}"#,
                Said::Missing,
            ),
            (
                400,
                r#"{"statusCode":"404","error":"Bucket not found","message":"Bucket not found"}"#,
                Said::NoBucket,
            ),
            (
                404,
                r#"{"code":"NoSuchBucket","message":"Bucket not found"}"#,
                Said::NoBucket,
            ),
            (
                400,
                r#"{"statusCode":"409","error":"Duplicate","message":"The resource already exists"}"#,
                Said::Exists,
            ),
            (
                409,
                r#"{"code":"ResourceAlreadyExists","message":"x"}"#,
                Said::Exists,
            ),
            (
                400,
                r#"{"statusCode":"413","error":"Payload too large","message":"x"}"#,
                Said::TooLarge,
            ),
            (401, r#"{"message":"Invalid API key"}"#, Said::Refused),
            (
                403,
                r#"{"code":"AccessDenied","message":"x"}"#,
                Said::Refused,
            ),
            (502, "<html>", Said::Other),
            (200, r#"{"code":"NoSuchKey"}"#, Said::Other),
        ] {
            assert_eq!(of(status, body), expected, "{status} {body}");
        }
    }
}
