//! Claude Code and Codex through the real gateway, offline: what they show and write is whole, what leaves is masked.

use std::{fs, path::Path};

use e2e::{
    canary::{self, API_KEY, EMAIL, LETTER},
    fake::{Part, Reply},
    programs::{self, Ran},
};

use crate::support::{Outcome, Pair};

/// A gateway whose tools preset is the agent's, and the agent's home and project folders.
struct Desk {
    pair: Pair,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new(preset: &str) -> anyhow::Result<Self> {
        let tools = format!("[\"{preset}\"]");
        let pair = Pair::with(|setup| setup.set("REHYDRATE__TOOLS", &tools)).await?;
        let folder = tempfile::tempdir()?;
        for name in ["home", "project"] {
            fs::create_dir(folder.path().join(name))?;
        }
        fs::write(folder.path().join("project/notes.txt"), format!("{LETTER}\n"))?;
        Ok(Self { pair, folder })
    }

    fn project(&self) -> std::path::PathBuf {
        self.folder.path().join("project")
    }

    async fn claude(&self, prompt: &str) -> anyhow::Result<Ran> {
        programs::claude(
            &self.pair.gateway,
            &self.folder.path().join("home"),
            &self.project(),
            prompt,
        )
        .await
    }

    async fn codex(&self, prompt: &str) -> anyhow::Result<Ran> {
        programs::codex(
            &self.pair.gateway,
            &self.folder.path().join("home"),
            &self.project(),
            prompt,
        )
        .await
    }

    fn assert_nothing_left(&self) {
        canary::assert_none_reached(&self.pair.fake, canary::ALL);
    }
}

fn read(folder: &Path, name: &str) -> anyhow::Result<String> {
    fs::read_to_string(folder.join(name)).map_err(|error| anyhow::anyhow!("{name}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_code_shows_the_whole_answer() -> Outcome {
    let desk = Desk::new("claude-code").await?;
    desk.pair.fake.script([Reply {
        piece: 3,
        ..Reply::text("Dear {{PERSON}}, at {{EMAIL}}")
    }]);
    let ran = desk.claude(LETTER).await?.ok()?;
    assert!(ran.stdout.contains(&format!("at {EMAIL}")), "{}", ran.stdout);
    assert!(!ran.stdout.contains("<EMAIL_"), "{}", ran.stdout);
    desk.assert_nothing_left();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_code_reads_writes_and_runs_with_whole_values() -> Outcome {
    let desk = Desk::new("claude-code").await?;
    let (notes, copy) = (desk.project().join("notes.txt"), desk.project().join("copy.txt"));
    let path = |path: &Path| path.display().to_string();
    desk.pair.fake.script([
        Reply::parts([Part::tool("Read", &format!("{{\"file_path\":\"{}\"}}", path(&notes)))]).when_body("Copy the notes"),
        Reply::parts([
            Part::Text("Copying for {{EMAIL}}.".into()),
            Part::tool("Write", &format!("{{\"file_path\":\"{}\",\"content\":\"To: {{{{EMAIL}}}}\\nCard: {{{{CREDIT_CARD}}}}\\n\"}}", path(&copy))),
            Part::tool("Bash", "{\"command\":\"printf %s '{{EMAIL}}' > shell.txt; cat notes.txt\",\"description\":\"write\"}"),
        ])
        .when_body("Copy the notes"),
        Reply::text("Done for {{EMAIL}}.").when_body("Copy the notes"),
    ]);
    let ran = desk.claude("Copy the notes").await?.ok()?;
    assert!(
        ran.stdout.contains(&format!("Done for {EMAIL}.")),
        "{}",
        ran.stdout
    );
    assert_eq!(
        read(&desk.project(), "copy.txt")?,
        format!("To: {EMAIL}\nCard: {}\n", canary::CARD)
    );
    assert_eq!(read(&desk.project(), "shell.txt")?, EMAIL);
    assert!(
        desk.pair
            .fake
            .requests()
            .iter()
            .filter(|r| r.method == "POST")
            .count()
            >= 3
    );
    desk.assert_nothing_left();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_code_shows_a_refusal_and_gives_up() -> Outcome {
    let desk = Desk::new("claude-code").await?;
    let ran = desk.claude(&format!("my key is {API_KEY}")).await?;
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    assert!(shown.contains("API_KEY") && shown.contains("refused"), "{shown}");
    assert!(
        !desk
            .pair
            .fake
            .requests()
            .iter()
            .any(|r| r.text().contains("my key is"))
    );
    desk.assert_nothing_left();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_shows_the_whole_answer() -> Outcome {
    let desk = Desk::new("codex").await?;
    desk.pair.fake.script([Reply {
        piece: 3,
        ..Reply::text("Dear {{PERSON}}, at {{EMAIL}}")
    }]);
    let ran = desk.codex(LETTER).await?.ok()?;
    assert!(ran.stdout.contains(&format!("at {EMAIL}")), "{}", ran.stdout);
    assert!(!ran.stdout.contains("<EMAIL_"), "{}", ran.stdout);
    desk.assert_nothing_left();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_runs_commands_with_whole_values() -> Outcome {
    let desk = Desk::new("codex").await?;
    let command = |command: &str| Part::tool("exec_command", &format!("{{\"cmd\":\"{command}\"}}"));
    desk.pair.fake.script([
        Reply::parts([
            Part::Thinking {
                text: "**Reading**".into(),
                signature: canary::SEAL.into(),
            },
            command("cat notes.txt"),
        ]),
        Reply {
            piece: 3,
            ..Reply::parts([command("printf %s '{{EMAIL}}' > shell.txt; cat notes.txt")])
        },
        Reply::text("Done for {{EMAIL}}, card {{CREDIT_CARD}}."),
    ]);
    let ran = desk.codex("Read the notes").await?.ok()?;
    assert!(
        ran.stdout
            .contains(&format!("Done for {EMAIL}, card {}.", canary::CARD)),
        "{}",
        ran.stdout
    );
    assert_eq!(read(&desk.project(), "shell.txt")?, EMAIL);
    let requests = desk.pair.fake.requests();
    let sent = requests.last().map(e2e::fake::Recorded::text).unwrap_or_default();
    assert!(
        sent.contains(canary::SEAL),
        "sealed reasoning goes back as it came"
    );
    assert!(
        !sent.contains("x-codex-turn-metadata"),
        "the workspace's description stays here"
    );
    desk.assert_nothing_left();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_shows_a_refusal_and_gives_up() -> Outcome {
    let desk = Desk::new("codex").await?;
    let ran = desk.codex(&format!("my key is {API_KEY}")).await?;
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    assert!(shown.contains("API_KEY") && shown.contains("refused"), "{shown}");
    assert_eq!(
        desk.pair.fake.requests().len(),
        0,
        "a refusal is not retried or sent"
    );
    Ok(())
}
