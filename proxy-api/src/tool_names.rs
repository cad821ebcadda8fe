//! Which tools' call arguments are restored: a list of names with `*` and `?`, and presets of known agents.

/// Tools of Claude Code that work on this machine or come back through the gateway; not its web tools or MCP.
const CLAUDE_CODE: &[&str] = &[
    "Agent",
    "AskUserQuestion",
    "Bash",
    "BashOutput",
    "Edit",
    "EnterPlanMode",
    "ExitPlanMode",
    "Glob",
    "Grep",
    "KillShell",
    "LS",
    "LSP",
    "MultiEdit",
    "NotebookEdit",
    "NotebookRead",
    "Read",
    "Skill",
    "SlashCommand",
    "Task",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskOutput",
    "TaskStop",
    "TaskUpdate",
    "TodoRead",
    "TodoWrite",
    "Write",
];

/// The same of Codex.
const CODEX: &[&str] = &[
    "apply_patch",
    "container.exec",
    "exec_command",
    "grep_files",
    "list_dir",
    "local_shell",
    "read_file",
    "request_user_input",
    "shell",
    "shell_command",
    "update_plan",
    "view_image",
    "write_stdin",
];

/// The configured list, presets resolved.
#[derive(Clone, Debug, Default)]
pub(crate) struct ToolNames {
    patterns: Vec<String>,
}

impl ToolNames {
    pub(crate) fn new(configured: &[String]) -> Self {
        let mut patterns = Vec::new();
        for entry in configured {
            match entry.as_str() {
                "claude-code" => patterns.extend(CLAUDE_CODE.iter().map(|name| (*name).to_owned())),
                "codex" => patterns.extend(CODEX.iter().map(|name| (*name).to_owned())),
                other => patterns.push(other.to_owned()),
            }
        }
        Self { patterns }
    }

    /// Whether arguments of the tool `name` are restored. A call without a name never matches, except by `*`.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.patterns
            .iter()
            .any(|pattern| matches(pattern.as_bytes(), name.as_bytes()))
    }
}

/// `*` stands for any run, `?` for one byte; linear in the product of both lengths at worst.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&b) if b == b'?' || b == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> ToolNames {
        ToolNames::new(
            &entries
                .iter()
                .map(|entry| (*entry).to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn patterns_match_whole_names() {
        let tools = list(&["read_*", "a?c"]);
        for name in ["read_file", "read_", "abc"] {
            assert!(tools.contains(name), "{name}");
        }
        for name in ["xread_file", "ac", "abcd", ""] {
            assert!(!tools.contains(name), "{name}");
        }
        assert!(list(&["*"]).contains("") && list(&["*"]).contains("any"));
        assert!(list(&["*_*_c"]).contains("a_b_b_c") && !list(&["*_*_c"]).contains("a_c"));
        assert!(!list(&[]).contains("any"));
    }

    #[test]
    fn presets_hold_local_tools_only() {
        let tools = list(&["claude-code", "codex"]);
        for name in ["Bash", "Edit", "Write", "shell", "apply_patch"] {
            assert!(tools.contains(name), "{name}");
        }
        for name in ["WebFetch", "WebSearch", "mcp__github__create_issue", "web_search"] {
            assert!(!tools.contains(name), "{name}");
        }
    }
}
