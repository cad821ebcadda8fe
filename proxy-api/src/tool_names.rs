//! Which tools' call arguments are restored: a list of names with `*` and `?`, and presets of known agents.

use crate::glob::matches;

/// The members of a tool's arguments that hold shell commands.
type ShellMembers = &'static [&'static str];

/// Tools of Claude Code that work on this machine or come back through the gateway; not its web tools or MCP.
const CLAUDE_CODE: &[(&str, ShellMembers)] = &[
    ("Agent", &[]),
    ("AskUserQuestion", &[]),
    ("Bash", &["command"]),
    ("BashOutput", &[]),
    ("Edit", &[]),
    ("EnterPlanMode", &[]),
    ("ExitPlanMode", &[]),
    ("Glob", &[]),
    ("Grep", &[]),
    ("KillShell", &[]),
    ("LS", &[]),
    ("LSP", &[]),
    ("MultiEdit", &[]),
    ("NotebookEdit", &[]),
    ("NotebookRead", &[]),
    ("Read", &[]),
    ("Skill", &[]),
    ("SlashCommand", &[]),
    ("Task", &[]),
    ("TaskCreate", &[]),
    ("TaskGet", &[]),
    ("TaskList", &[]),
    ("TaskOutput", &[]),
    ("TaskStop", &[]),
    ("TaskUpdate", &[]),
    ("TodoRead", &[]),
    ("TodoWrite", &[]),
    ("Write", &[]),
];

/// The same of Codex.
const CODEX: &[(&str, ShellMembers)] = &[
    ("apply_patch", &[]),
    ("container.exec", &["command", "cmd"]),
    ("exec_command", &["cmd", "command"]),
    ("grep_files", &[]),
    ("list_dir", &[]),
    ("local_shell", &["command"]),
    ("read_file", &[]),
    ("request_user_input", &[]),
    ("shell", &["command"]),
    ("shell_command", &["command"]),
    ("update_plan", &[]),
    ("view_image", &[]),
    ("write_stdin", &["chars"]),
];

/// The configured list.
#[derive(Clone, Debug, Default)]
pub(crate) struct ToolNames {
    patterns: Vec<String>,
    presets: Vec<(&'static str, ShellMembers)>,
}

/// What is done to the arguments of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    /// Placeholders stay.
    Kept,
    /// Every value comes back.
    Restored,
    /// Every value, but for those in a shell's words that are addresses.
    RestoredCommands(ShellMembers),
}

impl ToolNames {
    pub(crate) fn new(configured: &[String]) -> Self {
        let mut names = Self::default();
        for entry in configured {
            match entry.as_str() {
                "claude-code" => names.presets.extend(CLAUDE_CODE),
                "codex" => names.presets.extend(CODEX),
                other => names.patterns.push(other.to_owned()),
            }
        }
        names
    }

    /// What is done to arguments of the tool `name`. A call without a name never matches, except by `*`. A tool that
    /// the operator named gets everything, in a preset or not.
    pub(crate) fn arguments(&self, name: &str) -> Arguments {
        let is_named = |pattern: &String| matches(pattern.as_bytes(), name.as_bytes());
        if self.patterns.iter().any(is_named) {
            return Arguments::Restored;
        }
        match self.presets.iter().find(|(preset, _)| *preset == name) {
            None => Arguments::Kept,
            Some((_, [])) => Arguments::Restored,
            Some((_, members)) => Arguments::RestoredCommands(members),
        }
    }
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

    fn restores(tools: &ToolNames, name: &str) -> bool {
        tools.arguments(name) != Arguments::Kept
    }

    #[test]
    fn patterns_match_whole_names() {
        let tools = list(&["read_*", "a?c"]);
        for name in ["read_file", "read_", "abc"] {
            assert!(restores(&tools, name), "{name}");
        }
        for name in ["xread_file", "ac", "abcd", ""] {
            assert!(!restores(&tools, name), "{name}");
        }
        assert!(restores(&list(&["*"]), "") && restores(&list(&["*"]), "any"));
        assert!(restores(&list(&["*_*_c"]), "a_b_b_c") && !restores(&list(&["*_*_c"]), "a_c"));
        assert!(!restores(&list(&[]), "any"));
    }

    #[test]
    fn presets_hold_local_tools_only() {
        let tools = list(&["claude-code", "codex"]);
        for name in ["Bash", "Edit", "Write", "shell", "apply_patch"] {
            assert!(restores(&tools, name), "{name}");
        }
        for name in ["WebFetch", "WebSearch", "mcp__github__create_issue", "web_search"] {
            assert!(!restores(&tools, name), "{name}");
        }
    }

    #[test]
    fn presets_know_where_commands_stand_and_named_tools_get_everything() {
        let preset = list(&["claude-code", "codex"]);
        assert_eq!(
            preset.arguments("Bash"),
            Arguments::RestoredCommands(&["command"])
        );
        assert_eq!(preset.arguments("Read"), Arguments::Restored);
        assert_eq!(preset.arguments("WebFetch"), Arguments::Kept);
        assert_eq!(
            list(&["claude-code", "Ba*"]).arguments("Bash"),
            Arguments::Restored
        );
    }
}
