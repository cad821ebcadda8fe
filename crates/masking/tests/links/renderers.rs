//! The ways in which an answer is shown: two implementations of CommonMark, with and without GitHub's extensions, and
//! as HTML itself.

/// The text as HTML, by each renderer with its name.
pub(crate) fn all(text: &str) -> [(&'static str, String); 5] {
    let extensions = pulldown_cmark::Options::all() - pulldown_cmark::Options::ENABLE_WIKILINKS;
    [
        ("comrak, GitHub's extensions", comrak(text, true)),
        ("comrak", comrak(text, false)),
        ("pulldown-cmark, all extensions", pulldown(text, extensions)),
        ("pulldown-cmark", pulldown(text, pulldown_cmark::Options::empty())),
        // An element that is named between backticks is taken for prose.
        ("HTML", text.replace("`<style>`", "``")),
    ]
}

/// With links to pages of the site that shows it, `[[page]]`.
pub(crate) fn wiki(text: &str) -> String {
    pulldown(text, pulldown_cmark::Options::all())
}

fn comrak(text: &str, extended: bool) -> String {
    let mut options = comrak::Options::default();
    options.render.r#unsafe = true;
    if extended {
        let extension = &mut options.extension;
        extension.autolink = true;
        extension.table = true;
        extension.strikethrough = true;
        extension.tasklist = true;
        extension.footnotes = true;
        extension.description_lists = true;
        extension.math_dollars = true;
        extension.alerts = true;
        options.parse.relaxed_autolinks = true;
    }
    comrak::markdown_to_html(text, &options)
}

fn pulldown(text: &str, options: pulldown_cmark::Options) -> String {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new_ext(text, options));
    html
}
