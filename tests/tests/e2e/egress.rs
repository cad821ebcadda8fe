//! The way to an upstream: TLS with a certificate that is trusted and fits, and a configured proxy.

use std::fs;

use e2e::{
    canary,
    fake::FakeProvider,
    gateway::{Gateway, Setup},
    network::{ConnectProxy, TlsFront},
};

use crate::support::{Outcome, Surface, error_of};

const TEXT: &str = "Dear alice.miller@corp-mail.com";

/// A gateway whose OpenAI upstream is `base_url`, trusting `front`'s certificate if there is one.
fn toward(fake: &FakeProvider, base_url: &str, trusted: Option<&TlsFront>) -> anyhow::Result<Setup> {
    let mut setup = Gateway::before(fake)
        .set("UPSTREAMS__OPENAI__BASE_URL", base_url)
        .set("DANGEROUS__ALLOW_INSECURE_UPSTREAMS", "false")
        .set("UPSTREAMS__ANTHROPIC__BASE_URL", "https://api.anthropic.com")
        .set("UPSTREAMS__AZURE__BASE_URL", "https://one.openai.azure.com");
    if let Some(front) = trusted {
        let file = setup.folder().join("trusted.pem");
        fs::write(&file, front.certificate())?;
        setup = setup.variable("SSL_CERT_FILE", &file.display().to_string());
    }
    Ok(setup)
}

async fn works(gateway: &Gateway, fake: &FakeProvider) -> Outcome {
    for stream in [false, true] {
        let answer = gateway
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(TEXT, stream))
            .await?
            .ok()?;
        assert!(answer.text().contains("alice") || stream, "{}", answer.text());
    }
    assert_eq!(fake.requests().len(), 2);
    canary::assert_none_reached(fake, &["alice.miller@corp-mail.com"]);
    Ok(())
}

async fn is_refused(gateway: &Gateway, fake: &FakeProvider) -> Outcome {
    let ask = Surface::Chat.ask(TEXT, false);
    let answer = gateway.caller().post(Surface::Chat.path(), &ask).await?;
    let said = error_of(&answer, Surface::Chat.path(), 502);
    assert!(said.contains("upstream_unreachable"), "{said}");
    assert!(fake.requests().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_needs_a_certificate_that_is_trusted_and_fits() -> Outcome {
    let fake = FakeProvider::start().await?;
    let front = TlsFront::start(fake.address(), "localhost").await?;
    let base = format!("https://localhost:{}/v1", front.address().port());
    works(&toward(&fake, &base, Some(&front))?.start().await?, &fake).await?;

    let fake = FakeProvider::start().await?;
    let stranger = TlsFront::start(fake.address(), "localhost").await?;
    let base = format!("https://localhost:{}/v1", stranger.address().port());
    is_refused(&toward(&fake, &base, Some(&front))?.start().await?, &fake).await?;

    let other = TlsFront::start(fake.address(), "other.example").await?;
    let base = format!("https://localhost:{}/v1", other.address().port());
    is_refused(&toward(&fake, &base, Some(&other))?.start().await?, &fake).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_proxy_sees_the_host_and_nothing_else() -> Outcome {
    const HOST: &str = "llm.provider.example";
    let fake = FakeProvider::start().await?;
    let front = TlsFront::start(fake.address(), HOST).await?;
    let base = format!("https://{HOST}/v1");
    let proxy = ConnectProxy::start(Some(front.address())).await?;
    let setup = toward(&fake, &base, Some(&front))?.set("EGRESS__PROXY", &proxy.url());
    works(&setup.start().await?, &fake).await?;
    let asked = proxy.asked();
    assert!(!asked.is_empty());
    for head in asked {
        assert!(head.starts_with(&format!("CONNECT {HOST}:443 ")), "{head}");
        assert!(!head.to_lowercase().contains("authorization"), "{head}");
    }

    let fake = FakeProvider::start().await?;
    let closed = ConnectProxy::start(None).await?;
    let setup = toward(&fake, &base, Some(&front))?.set("EGRESS__PROXY", &closed.url());
    is_refused(&setup.start().await?, &fake).await?;
    assert_eq!(closed.asked().len(), 1);
    Ok(())
}
