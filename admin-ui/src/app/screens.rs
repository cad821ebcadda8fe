//! The screens, a file each.

pub(crate) mod access_log;
pub(crate) mod account;
pub(crate) mod callers;
pub(crate) mod detections;
pub(crate) mod events;
pub(crate) mod fleet;
pub(crate) mod operators;
pub(crate) mod overview;
pub(crate) mod sign_in;

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Hands a file to the browser.
pub(crate) fn save(name: &str, kind: &str, text: &str) {
    let write = || -> Result<(), JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type(kind);
        let parts = js_sys::Array::of1(&JsValue::from_str(text));
        let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
        let url = Url::create_object_url_with_blob(&blob)?;
        let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
        Url::revoke_object_url(&url)
    };
    // A browser that refuses says so itself.
    let _ = write();
}
