//! Claude Code and Codex under the profile `agent`: they read a file with a key and a PDF, edit a file that holds an
//! address, and go on. Nothing of it ends the session, nothing private leaves, and what they write is whole.

use std::{fs, path::PathBuf};

use e2e::{
    canary::{self, API_KEY, EMAIL},
    fake::{FakeProvider, Part, Recorded, Reply},
    programs::{self, CodexTransport, Conversation, Ran},
};
use serde_json::json;

use crate::{
    sockets::Side,
    support::{Outcome, Pair},
};

/// What a person says after it, turn by turn.
const ON: [&str; 3] = ["Go on, first", "Go on, second", "Go on, third"];
/// The head of a PDF, and bytes that no reader could show.
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
    2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
    3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

/// A project with a key, a PDF and an address, and a home for the agent.
struct Desk {
    pair: Pair,
    folder: tempfile::TempDir,
}

impl Desk {
    fn before(pair: Pair) -> anyhow::Result<Self> {
        let desk = Self {
            pair,
            folder: tempfile::tempdir()?,
        };
        for name in ["home", "project"] {
            fs::create_dir(desk.folder.path().join(name))?;
        }
        fs::write(desk.file("settings.env"), format!("OPENAI_API_KEY={API_KEY}\n"))?;
        fs::write(desk.file("report.pdf"), PDF)?;
        fs::write(desk.file("notes.txt"), format!("To: {EMAIL}\nState: open\n"))?;
        Ok(desk)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("project").join(name)
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        let on = ON.map(|prompt| Reply::text(&format!("{prompt} for {{{{EMAIL}}}}.")).when_body(prompt));
        self.pair.fake.script(replies.into_iter().chain(on));
    }

    fn assert_edited(&self) -> Outcome {
        let notes = fs::read_to_string(self.file("notes.txt"))?;
        assert_eq!(notes, format!("To: {EMAIL}\nState: done\n"));
        Ok(())
    }

    fn assert_kept(&self) {
        canary::assert_none_reached(&self.pair.fake, canary::ALL);
        let all = everything(&self.pair.fake);
        assert!(all.contains("<API_KEY_"), "the key went as a placeholder");
    }
}

/// What the model has seen of all requests.
fn everything(fake: &FakeProvider) -> String {
    fake.requests().iter().map(Recorded::text).collect()
}

fn assert_says(ran: &Ran, prompt: &str) {
    let said = format!("{prompt} for {EMAIL}.");
    assert!(ran.stdout.contains(&said), "{}\n{}", ran.stdout, ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_code_reads_a_key_and_a_pdf_and_goes_on() -> Outcome {
    let desk = Desk::before(Pair::with(|setup| setup.set("POLICY__PROFILE", "agent")).await?)?;
    let read = |name: &str| {
        let path = desk.file(name).display().to_string();
        Part::tool("Read", &json!({"file_path": path}).to_string())
    };
    let edit = json!({"file_path": desk.file("notes.txt").display().to_string(),
        "old_string": "To: {{EMAIL}}\nState: open", "new_string": "To: {{EMAIL}}\nState: done"});
    desk.script([
        Reply::parts([read("settings.env"), read("report.pdf"), read("notes.txt")]).when_body("Look around"),
        Reply::parts([Part::tool("Edit", &edit.to_string())]).when_body("Look around"),
        Reply::text("The key is {{API_KEY}}.").when_body("Look around"),
    ]);
    let (home, project) = (desk.home(), desk.folder.path().join("project"));
    let ask =
        |conversation, prompt| programs::claude_in(conversation, &desk.pair.gateway, &home, &project, prompt);
    let ran = ask(Conversation::New, "Look around").await?.ok()?;
    assert!(
        ran.stdout.contains(&format!("The key is {API_KEY}.")),
        "{}",
        ran.stdout
    );
    desk.assert_edited()?;
    for prompt in ON {
        assert_says(&ask(Conversation::Last, prompt).await?.ok()?, prompt);
    }
    let all = everything(&desk.pair.fake);
    assert!(
        all.contains("Withheld by the privacy gateway: PDF document"),
        "{all}"
    );
    desk.assert_kept();
    Ok(())
}

async fn codex_goes_on(pair: Pair, transport: CodexTransport) -> Outcome {
    let desk = Desk::before(pair)?;
    let command = |command: &str| Part::tool("exec_command", &json!({ "cmd": command }).to_string());
    desk.script([
        Reply::parts([command("cat settings.env notes.txt; cat report.pdf")]),
        Reply::parts([command(
            "printf 'To: %s\\nState: done\\n' '{{EMAIL}}' > notes.txt; printf %s '{{API_KEY}}' > key.txt",
        )]),
        Reply::text("The key is {{API_KEY}}."),
    ]);
    let (home, project) = (desk.home(), desk.folder.path().join("project"));
    let url = desk.pair.gateway.url();
    let ask =
        |conversation, prompt| programs::codex_in(conversation, url, transport, &home, &project, prompt);
    let ran = ask(Conversation::New, "Look around").await?.ok()?;
    assert!(
        ran.stdout.contains(&format!("The key is {API_KEY}.")),
        "{}",
        ran.stdout
    );
    desk.assert_edited()?;
    assert_eq!(fs::read_to_string(desk.file("key.txt"))?, API_KEY);
    for prompt in ON {
        assert_says(&ask(Conversation::Last, prompt).await?.ok()?, prompt);
    }
    desk.assert_kept();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_reads_a_key_and_a_pdf_and_goes_on() -> Outcome {
    let pair = Pair::with(|setup| setup.set("POLICY__PROFILE", "agent")).await?;
    codex_goes_on(pair, CodexTransport::Http).await
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_reads_a_key_and_a_pdf_over_a_socket_and_goes_on() -> Outcome {
    for side in Side::BOTH {
        let pair = side
            .pair_with(|setup| setup.set("POLICY__PROFILE", "agent"))
            .await?;
        codex_goes_on(pair, CodexTransport::Sockets).await?;
    }
    Ok(())
}
