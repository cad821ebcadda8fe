//! Chat, mail, telephony and social networks.

use super::{Family, key};

pub(super) const FAMILIES: &[Family] = &[
    // api.slack.com/concepts/token-types; incoming webhooks are secrets too.
    key("slack", "xoxb-{u:20-150}"),
    key("slack", "xoxp-{u:20-150}"),
    key("slack", "xoxa-{u:20-150}"),
    key("slack", "xoxr-{u:20-150}"),
    key("slack", "xoxs-{u:20-150}"),
    key("slack", "xoxo-{u:20-150}"),
    key("slack", "xoxc-{u:20-150}"),
    key("slack", "xoxd-{%:20-400}"),
    key("slack", "xoxe-{u:20-250}"),
    key("slack", "xoxe.xoxp-{u:20-250}"),
    key("slack", "xoxe.xoxb-{u:20-250}"),
    key("slack", "xapp-{u:40-180}"),
    key("slack", "hooks.slack.com/services/T{A:8-12}/B{A:8-12}/{n:20-26}"),
    key("slack", "hooks.slack.com/workflows/{p:40-120}"),
    key("slack", "hooks.slack.com/triggers/{p:40-120}"),
    key("discord", "discord.com/api/webhooks/{d:17-20}/{u:60-72}"),
    key("discord", "discordapp.com/api/webhooks/{d:17-20}/{u:60-72}"),
    key("discord", "mfa.{u:84}"),
    key("telegram", "{d:8-10}:AA{u:33}"),
    key("teams", "webhook.office.com/webhookb2/{p:100-250}"),
    key("feishu", "open.feishu.cn/open-apis/bot/v2/hook/{uuid}"),
    key("feishu", "open.larksuite.com/open-apis/bot/v2/hook/{uuid}"),
    key("dingtalk", "oapi.dingtalk.com/robot/send?access_token={h:64}"),
    key("wecom", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key={uuid}"),
    // Mail.
    key("sendgrid", "SG.{u:22}.{u:43}"),
    key("mailgun", "key-{h:32}"),
    key("mailchimp", "{h:32}-us{d:1-2}"),
    key("brevo", "xkeysib-{h:64}-{n:16}"),
    key("brevo", "xsmtpsib-{h:64}-{n:16}"),
    key("onesignal", "os_v2_app_{a:60-110}"),
    key("onesignal", "os_v2_org_{a:60-110}"),
    // Social networks.
    key("facebook", "EAA{n:90-400}"),
    key("instagram", "IGQ{u:100-300}"),
    key("pinterest", "pina_{A:60-80}"),
    key("twitch", "oauth:{a:30}"),
    key("linkedin", "WPL_AP1.{v:16-40}"),
];
