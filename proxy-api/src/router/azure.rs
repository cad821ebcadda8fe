//! The paths of OpenAI's API on Azure, which go on as they were written: `/openai/v1/...`, for which the model stands in the
//! body, `/openai/deployments/{name}/...` and, for what belongs to no deployment, `/openai/...`.
//! <https://learn.microsoft.com/azure/ai-foundry/openai/reference>

use super::below;
use crate::upstream::DEPLOYMENTS;

const ROOT: &str = "/openai";
/// As long as Azure lets a deployment's name be.
const MAX_NAME: usize = 64;

/// The way down to the version or the deployment, and the path of the endpoint below it; `None` for what is no name of one.
pub(super) fn below_root<'a>(rest: &'a str, base_path: &str) -> Option<(String, &'a str)> {
    let rest = below(rest, base_path).unwrap_or(rest);
    let in_root = below(rest, ROOT);
    let rest = in_root.unwrap_or(rest);
    if let Some(versioned) = below(rest, "/v1") {
        return Some((format!("{ROOT}/v1"), versioned));
    }
    if let Some(deployment) = rest.strip_prefix(DEPLOYMENTS) {
        let (name, endpoint) = deployment.split_at(deployment.find('/')?);
        return is_name(name).then(|| (format!("{ROOT}{DEPLOYMENTS}{name}"), endpoint));
    }
    let root = if in_root.is_some() { ROOT } else { "/openai/v1" };
    Some((root.to_owned(), rest))
}

fn is_name(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_plain) && name != "." && name != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_on_as_they_were_written() {
        for (rest, root, endpoint) in [
            ("/openai/v1/responses", "/openai/v1", "/responses"),
            ("/v1/responses", "/openai/v1", "/responses"),
            ("/responses", "/openai/v1", "/responses"),
            ("/openai/responses", "/openai", "/responses"),
            (
                "/openai/deployments/gpt-4.1_eu/chat/completions",
                "/openai/deployments/gpt-4.1_eu",
                "/chat/completions",
            ),
            (
                "/front/openai/deployments/a/embeddings",
                "/openai/deployments/a",
                "/embeddings",
            ),
        ] {
            let found = below_root(rest, "/front");
            assert_eq!(found, Some((root.to_owned(), endpoint)), "{rest}");
        }
        for rest in [
            "/openai/deployments/",
            "/openai/deployments/a",
            "/openai/deployments//chat/completions",
            "/openai/deployments/../chat/completions",
            "/openai/deployments/a@b.example/chat/completions",
        ] {
            assert_eq!(below_root(rest, ""), None, "{rest}");
        }
    }
}
