//! The daily root over all chains of evidence and of acts, and the proof that nothing was changed since.

use chrono::{DateTime, NaiveDate, Utc};

use crate::clock::Clock;
use crate::domain::beijing::end_of;
use crate::domain::evidence::{Heads, Link, START, root, sha256};
use crate::store::audit::{self, Recorded};
use crate::store::evidence::{self, Piece, Root};
use crate::store::{Db, StoreResult, Tx};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// Seals yesterday (Beijing) if it is not sealed. `false`: it is.
pub async fn seal(db: &Db, clock: &Clock) -> StoreResult<bool> {
    let Some(yesterday) = clock.today().pred_opt() else { return Ok(false) };
    let mut tx = db.write().await?;
    let before = evidence::root_before(&mut tx, yesterday).await?;
    let (chains, heads) = heads(&mut tx, end_of(yesterday)).await?;
    let prev_root = before.map_or_else(|| START.to_owned(), |root| root.root);
    let root = Root { day: yesterday, chains, root: root(yesterday, chains, &heads, &prev_root), heads, prev_root };
    let sealed = evidence::insert_root(&mut tx, &root, clock.now()).await?;
    tx.commit().await?;
    Ok(sealed)
}

async fn heads(tx: &mut Tx, until: DateTime<Utc>) -> StoreResult<(i64, String)> {
    let (mut heads, mut after) = (Heads::default(), String::new());
    loop {
        let page = evidence::heads_at(tx, until, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.site_id.clone();
        page.iter().for_each(|head| heads.add(&head.site_id, head.seq, &head.hash));
    }
    after.clear();
    loop {
        let page = audit::heads_at(tx, until, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(heads.finish()) };
        after = last.site_id.clone();
        page.iter().for_each(|head| heads.add(&head.site_id, head.seq, &head.hash));
    }
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    pub chains: u64,
    pub pieces: u64,
    /// Pieces whose text is no longer kept; their hashes still hold the chain together.
    pub emptied: u64,
    /// Acts on record: of notices, cases, the calendar, accounts.
    pub acts: u64,
    pub roots: u64,
    /// Every breach, in words; none = everything holds.
    pub breaches: Vec<String>,
}

/// Walks through every chain and every root.
pub async fn verify(db: &Db) -> StoreResult<Verified> {
    let mut verified = Verified::default();
    let mut tx = db.read().await?;
    verify_chains(&mut tx, &mut verified, |_| true).await?;
    verify_roots(&mut tx, &mut verified, |_| true).await?;
    Ok(verified)
}

/// One of twenty-four shares of all chains, by the hour: in a day each chain has its turn, whichever process has the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareOf(u8);

impl ShareOf {
    /// The names of all shares.
    pub const NAMES: [&str; 24] = [
        "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17",
        "18", "19", "20", "21", "22", "23",
    ];

    /// The share whose turn it is in this hour.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self((now.timestamp().div_euclid(3_600).rem_euclid(Self::NAMES.len() as i64)) as u8)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    /// Is something of this name in the share?
    fn holds(self, name: &str) -> bool {
        let first = sha256(name.as_bytes()).get(..6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        first.unwrap_or_default() % Self::NAMES.len() as u32 == u32::from(self.0)
    }
}

/// Walks through a share of the chains. Of the roots all are held against each other, and those in the share, and the last,
/// against the chains.
pub async fn verify_share(db: &Db, share: ShareOf) -> StoreResult<Verified> {
    let mut verified = Verified::default();
    let mut tx = db.read().await?;
    verify_chains(&mut tx, &mut verified, |chain| share.holds(chain)).await?;
    verify_roots(&mut tx, &mut verified, |day| share.holds(&day.to_string())).await?;
    Ok(verified)
}

async fn verify_chains(tx: &mut Tx, verified: &mut Verified, is_wanted: impl Fn(&str) -> bool) -> StoreResult<()> {
    let mut after = String::new();
    loop {
        let sites = evidence::sites(tx, &after, PAGE).await?;
        let Some(last) = sites.last() else { break };
        after = last.clone();
        for site in sites.iter().filter(|site| is_wanted(site)) {
            verify_chain(tx, site, verified).await?;
        }
    }
    after.clear();
    loop {
        let chains = audit::chains(tx, &after, PAGE).await?;
        let Some(last) = chains.last() else { return Ok(()) };
        after = last.clone();
        for chain in chains.iter().filter(|chain| is_wanted(chain)) {
            verify_acts(tx, chain, verified).await?;
        }
    }
}

async fn verify_acts(tx: &mut Tx, chain: &str, verified: &mut Verified) -> StoreResult<()> {
    let (mut seq, mut hash) = (0, START.to_owned());
    loop {
        let page = audit::chain(tx, chain, seq, PAGE).await?;
        if page.is_empty() {
            verified.chains += 1;
            return Ok(());
        }
        for act in page {
            verified.acts += 1;
            let piece = as_piece(&act);
            verified.breaches.extend(breaches(&piece, seq, &hash, &format!("act {} of {chain}", act.seq)));
            if !told_truly(&act) {
                verified.breaches.push(format!("act {} of {chain}: actor or action are not what was hashed", act.seq));
            }
            (seq, hash) = (act.seq, act.hash);
        }
    }
}

fn as_piece(act: &Recorded) -> Piece {
    Piece {
        id: String::new(),
        site_id: act.chain.clone(),
        seq: act.seq,
        look_id: String::new(),
        taken_at: act.at,
        body: Some(act.body.clone()),
        body_hash: act.body_hash.clone(),
        prev_hash: act.prev_hash.clone(),
        hash: act.hash.clone(),
    }
}

/// Actor and action stand in columns of their own, too: they must be those of the hashed text.
fn told_truly(act: &Recorded) -> bool {
    let is =
        |tree: &serde_json::Value, key: &str, value: &str| tree.get(key).and_then(|text| text.as_str()) == Some(value);
    act.tree().is_ok_and(|tree| is(&tree, "actor", &act.actor) && is(&tree, "action", &act.action))
}

async fn verify_chain(tx: &mut Tx, site: &str, verified: &mut Verified) -> StoreResult<()> {
    let (mut seq, mut hash) = (0, START.to_owned());
    loop {
        let page = evidence::chain(tx, site, seq, PAGE).await?;
        if page.is_empty() {
            verified.chains += 1;
            return Ok(());
        }
        for piece in page {
            verified.pieces += 1;
            verified.emptied += u64::from(piece.body.is_none());
            let at = format!("evidence {} of site {}", piece.seq, piece.site_id);
            verified.breaches.extend(breaches(&piece, seq, &hash, &at));
            (seq, hash) = (piece.seq, piece.hash);
        }
    }
}

fn breaches(piece: &Piece, before: i64, hash: &str, at: &str) -> Vec<String> {
    let link = Link {
        site_id: &piece.site_id,
        seq: piece.seq,
        taken_at: piece.taken_at,
        body_hash: &piece.body_hash,
        prev_hash: &piece.prev_hash,
    };
    let body = piece.body.as_ref().map(|body| sha256(body.as_bytes()));
    [
        (piece.seq != before + 1, format!("{at}: {} is missing before it", before + 1)),
        (piece.prev_hash != hash, format!("{at}: it does not follow on the one before it")),
        (body.is_some_and(|body| body != piece.body_hash), format!("{at}: its text was changed")),
        (link.hash() != piece.hash, format!("{at}: its hash is not its own")),
    ]
    .into_iter()
    .filter_map(|(is, what)| is.then_some(what))
    .collect()
}

/// `is_wanted`: the roots that are held against the chains of their day, beside the last.
async fn verify_roots(tx: &mut Tx, verified: &mut Verified, is_wanted: impl Fn(NaiveDate) -> bool) -> StoreResult<()> {
    let mut prev = START.to_owned();
    let roots = evidence::roots(tx).await?;
    let last = roots.last().map(|root| root.day);
    for sealed in roots {
        verified.roots += 1;
        let is_held = is_wanted(sealed.day) || Some(sealed.day) == last;
        let sealed_now = if is_held { Some(heads(tx, end_of(sealed.day)).await?) } else { None };
        if sealed.prev_root != prev {
            verified.breaches.push(format!("root of {}: it does not follow on the one before it", sealed.day));
        }
        if sealed_now.is_some_and(|(chains, heads)| (chains, &heads) != (sealed.chains, &sealed.heads)) {
            verified.breaches.push(format!("root of {}: the chains of that day are not what was sealed", sealed.day));
        }
        if root(sealed.day, sealed.chains, &sealed.heads, &sealed.prev_root) != sealed.root {
            verified.breaches.push(format!("root of {}: its hash is not its own", sealed.day));
        }
        prev = sealed.root;
    }
    Ok(())
}
