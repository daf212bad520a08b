//! The verdict-grade look at a name: nobody is called dead on one word.

use futures_util::future::{join, join_all};

use super::allowance::{Allowance, Limits};
use super::ask::Ask;
use super::sockets::Server;
use crate::domain::dns::{Answer, DnsOutcome, NameLook, Rcode, RecordType};
use crate::domain::host::Host;

/// Asks the first server for A and AAAA. Without an address every other server is asked too; a server that stands alone
/// is asked a second time. A SERVFAIL is asked once more without validation, to tell a broken signature from a broken server.
pub(super) async fn look(servers: &[Server], host: &Host, limits: Limits) -> NameLook {
    let allowance = Allowance::new(limits);
    let mut answers = both(&servers[0], host, &allowance).await;
    if !resolves(&answers) {
        let others = if servers.len() == 1 { servers } else { &servers[1..] };
        let further = join_all(others.iter().map(|server| both(server, host, &allowance))).await;
        answers.extend(further.into_iter().flatten());
    }
    if !resolves(&answers) {
        tell_bogus(servers, &mut answers, host, &allowance).await;
    }
    NameLook::from_answers(host.clone(), answers)
}

/// One plain question: the first server's answer, or where it is silent the next one's (or its own, on a second try).
pub(super) async fn query(servers: &[Server], host: &Host, record_type: RecordType, limits: Limits) -> Answer {
    let allowance = Allowance::new(limits);
    let ask = Ask { server: &servers[0], host, record_type, unchecked: false };
    let first = ask.answer(&allowance).await;
    if first.outcome != DnsOutcome::Timeout {
        return first;
    }
    let server = servers.get(1).unwrap_or(ask.server);
    let mut second = Ask { server, ..ask }.answer(&allowance).await;
    second.queries += first.queries;
    second.elapsed += first.elapsed;
    second
}

fn resolves(answers: &[Answer]) -> bool {
    answers.iter().any(|answer| answer.outcome == DnsOutcome::Resolves)
}

async fn both(server: &Server, host: &Host, allowance: &Allowance) -> Vec<Answer> {
    let ask = |record_type| Ask { server, host, record_type, unchecked: false }.answer(allowance);
    let (a, aaaa) = join(ask(RecordType::A), ask(RecordType::Aaaa)).await;
    vec![a, aaaa]
}

/// What fails when it is validated and resolves when it is not is bogus (RFC 4035, 4.3).
async fn tell_bogus(servers: &[Server], answers: &mut [Answer], host: &Host, allowance: &Allowance) {
    const SERVFAIL: Rcode = Rcode(2);
    let failed = |answer: &&mut Answer| answer.outcome == DnsOutcome::Servfail && answer.rcode == Some(SERVFAIL);
    let Some(answer) = answers.iter_mut().find(failed) else { return };
    let Some(server) = servers.iter().find(|server| server.address == answer.server) else { return };
    let ask = Ask { server, host, record_type: answer.record_type, unchecked: true };
    let unchecked = ask.answer(allowance).await;
    answer.queries += unchecked.queries;
    answer.elapsed += unchecked.elapsed;
    if unchecked.outcome == DnsOutcome::Resolves {
        answer.outcome = DnsOutcome::Bogus;
    }
}
