//! Sites on file, by all that they can be asked for.

use badgewatch::domain::host::Host;
use badgewatch::store::sites::{self, StoredSite};

use super::stage::{Stage, at, told};
use crate::{ask, tell};

fn ids(found: Vec<StoredSite>) -> Vec<String> {
    found.into_iter().map(|site| site.id).collect()
}

async fn first(stage: &Stage) -> StoredSite {
    ask!(stage, sites::by_id, &stage.ids[0]).unwrap()
}

#[tokio::test]
async fn a_site_comes_back_as_the_registry_has_it() {
    told(2, async |stage| {
        let found = first(stage).await;
        assert_eq!((found.site.key.as_str(), found.changed_at), ("s000.yunxi.gov.test", at(0)));
        assert_eq!((found.region.as_deref(), found.site.ips.len()), (None, 2));
        assert_eq!(found.site.cn_domain.as_ref().map(Host::unicode).as_deref(), Some("云溪0.政务"));
        assert_eq!(found.site.issued_on, "2025-03-03".parse().ok());
        assert_eq!(found.site.contact.name.as_deref(), Some("甲某某"));
        assert_eq!(ask!(stage, sites::by_key, "s000.yunxi.gov.test"), Some(found));
        assert_eq!(ask!(stage, sites::by_key, "nobody.gov.test"), None);
        assert_eq!(ask!(stage, sites::by_id, "nobody"), None);
    })
    .await;
}

#[tokio::test]
async fn a_site_is_found_by_its_names_its_code_and_its_certificate() {
    told(3, async |stage| {
        let (wanted, id) = (first(stage).await.site, vec![stage.ids[0].clone()]);
        for name in ["s000.yunxi.gov.test", "云溪0.政务"] {
            assert_eq!(ids(ask!(stage, sites::on_host, &Host::parse(name).unwrap())), id, "{name}");
        }
        assert!(ask!(stage, sites::on_host, &Host::parse("yunxi.gov.test").unwrap()).is_empty());
        assert_eq!(ids(ask!(stage, sites::of_code, wanted.badge_code.as_ref().unwrap())), id);
        assert_eq!(ids(ask!(stage, sites::of_certificate, wanted.certificate_id.as_ref().unwrap())), id);
        let living = async |name: &str, most: i64| -> Vec<String> {
            let name = Host::parse(name).unwrap();
            let found = ask!(stage, sites::living_on, &name, &stage.ids[0], most);
            found.into_iter().map(|one| format!("{} {}", one.site, one.unit)).collect()
        };
        let others = ["s001.yunxi.gov.test 云溪县第1局", "s002.yunxi.gov.test 云溪县第2局"];
        assert_eq!(living("yunxi.gov.test", 9).await, others, "below the name, without the site itself");
        assert_eq!(
            (living("yunxi.gov.test", 1).await, living("s001.yunxi.gov.test", 9).await.len()),
            (others[..1].iter().map(|one| (*one).to_owned()).collect(), 1)
        );
        assert!(living("001.yunxi.gov.test", 9).await.is_empty(), "at label borders only");
    })
    .await;
}

#[tokio::test]
async fn a_dropped_site_is_remembered_and_found_no_more() {
    told(3, async |stage| {
        let wanted = first(stage).await.site;
        assert!(tell!(stage, sites::drop_site, &stage.ids[0], at(5)));
        assert!(!tell!(stage, sites::drop_site, &stage.ids[0], at(6)), "it was dropped");
        assert_eq!(first(stage).await.changed_at, at(5));
        assert!(ask!(stage, sites::on_host, wanted.en_domain.as_ref().unwrap()).is_empty());
        assert!(ask!(stage, sites::of_code, wanted.badge_code.as_ref().unwrap()).is_empty());
        assert!(ask!(stage, sites::of_certificate, wanted.certificate_id.as_ref().unwrap()).is_empty());
        assert_eq!(ids(ask!(stage, sites::after_key, "", 10)), stage.ids[1..]);
        assert_eq!(ask!(stage, sites::count), 2);
    })
    .await;
}

#[tokio::test]
async fn an_export_goes_through_the_sites_a_page_at_a_time() {
    told(5, async |stage| {
        let (mut after, mut seen) = (String::new(), Vec::new());
        loop {
            let page = ask!(stage, sites::after_key, &after, 2);
            let Some(last) = page.last() else { break };
            after = last.site.key.clone();
            seen.extend(ids(page));
        }
        assert_eq!(seen, stage.ids);
    })
    .await;
}
