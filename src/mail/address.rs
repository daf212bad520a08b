//! Mail addresses: `a@b.example`, or `Name <a@b.example>`.
//!
//! Stricter than the mail standards on purpose: a quoted local part, an address literal or a domain without a dot is no
//! address of a unit, and every such form has been used to smuggle something past a mail server.

use lettre::Address;
use lettre::message::Mailbox;

use super::clean::{HEADER_CHARS, is_hidden, line};
use crate::domain::host::Host;

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("邮箱地址里有换行或不可见字符 · a break or a hidden character stands in the address")]
    Hidden,
    #[error("邮箱地址的用户名不能使用 · the part before the @ is none that mail is sent to")]
    Local,
    #[error("邮箱地址的域名不能使用 · the part behind the @ is no domain")]
    Domain,
}

/// Reads an address, with or without a name before it. The domain comes out in A-labels.
pub fn parse(text: &str) -> Result<Mailbox, AddressError> {
    let text = text.trim();
    match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        None => Ok(Mailbox::new(None, bare(text)?)),
        Some((name, address)) => {
            let name = line(name.trim().trim_matches('"'), HEADER_CHARS);
            Ok(Mailbox::new(Some(name).filter(|name| !name.is_empty()), bare(address)?))
        }
    }
}

/// The address alone, as it is compared: lower case, the domain in A-labels.
pub fn key(text: &str) -> Option<String> {
    parse(text).ok().map(|mailbox| mailbox.email.to_string().to_lowercase())
}

fn bare(text: &str) -> Result<Address, AddressError> {
    if text.chars().any(is_hidden) {
        return Err(AddressError::Hidden);
    }
    let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Domain)?;
    if !is_local(local) {
        return Err(AddressError::Local);
    }
    let written = !domain.contains(char::is_whitespace) && !domain.ends_with(['.', '。']) && !domain.contains('_');
    let host = Host::parse(domain).filter(|_| written).ok_or(AddressError::Domain)?;
    Address::new(local, host.ascii()).map_err(|_| AddressError::Local)
}

/// A dot-atom of RFC 5321, at most 64 octets.
fn is_local(local: &str) -> bool {
    let atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c);
    (1..=64).contains(&local.len()) && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_domains_are_read_as_people_write_them() {
        let read = |text| parse(text).map(|mailbox| (mailbox.name, mailbox.email.to_string()));
        assert_eq!(read("a.b+c@yunxi.example"), Ok((None, "a.b+c@yunxi.example".into())));
        assert_eq!(
            read(" 云溪县委编办 <badge@云溪.政务> "),
            Ok((Some("云溪县委编办".into()), "badge@xn--9kq759e.xn--zfr164b".into()))
        );
        assert_eq!(read("\"A\r\nBcc: x\" <a@b.example>"), Ok((Some("A Bcc: x".into()), "a@b.example".into())));
        assert_eq!(key("Zhang@B.Example"), Some("zhang@b.example".into()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b",
            "a@b.example\nBcc: c@d.example",
            "\"a b\"@b.example",
            "a b@b.example",
            "a@b@c.example\r\n",
            "a..b@c.example",
            ".a@c.example",
            "张三@c.example",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@b.example>",
            "<a@b.example",
            "a@b.example, c@d.example",
            "a@b.example;c@d.example",
            "a@b .example",
            "a\u{202e}@b.example",
            "a@b.example\0",
            "a@-",
            "a@b_c.example",
            "a<b@c.example",
        ] {
            assert!(parse(text).is_err(), "{text:?} is taken for an address");
        }
        assert!(parse(&format!("{}@b.example", "a".repeat(65))).is_err());
    }
}
