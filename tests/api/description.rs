//! The OpenAPI text says what is there, and nothing else.

use std::collections::BTreeSet;

use badgewatch::web::api::{ROUTES, document};
use serde_json::Value;

use crate::served::Served;
use crate::support::db::sqlite;

/// Method, path and description of every operation.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let of = |(path, item): (&String, &'_ Value)| -> Vec<(String, String)> {
        item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect()
    };
    let all = paths.flat_map(of);
    all.map(|(method, path)| {
        let operation = &document["paths"][&path][&method];
        (method, path, operation)
    })
    .collect()
}

#[test]
fn every_route_is_described_and_every_description_is_a_route() {
    let document = serde_json::to_value(document()).unwrap();
    let described: BTreeSet<_> = operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let routed: BTreeSet<_> = ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(described, routed);
    assert_eq!(routed.len(), ROUTES.len(), "a route stands twice");
}

#[test]
fn every_operation_names_its_errors_and_what_lets_in() {
    let document = serde_json::to_value(document()).unwrap();
    for (method, path, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        if path == "/openapi.json" {
            continue;
        }
        let errors: &[&str] = match (method.as_str(), path.as_str()) {
            (method, "/verify" | "/verify/{id}") => {
                assert!(operation["security"].is_null(), "{method} {path} is everybody's");
                assert!(["413", "422", "429", "503"].iter().all(|status| responses.contains_key(*status)));
                continue;
            }
            ("get", _) => &["401", "404", "422", "429", "503"],
            (_, "/mail/bounces") => &["401", "404", "413", "422", "429", "503"],
            _ => &["401", "403", "404", "409", "413", "422", "429", "503"],
        };
        let named: Vec<_> = responses.keys().filter(|status| !status.starts_with('2')).collect();
        assert_eq!(named, errors, "{method} {path}");
        for error in errors {
            let schema = &responses[*error]["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Error", "{method} {path} {error}");
        }
        let is_for_people = path != "/mail/bounces";
        assert_eq!(operation["security"][0]["token"].is_array(), is_for_people, "{method} {path}");
    }
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = serde_json::to_value(document()).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 15, "{found:?}");
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[test]
fn the_operations_are_those_that_programs_build_on() {
    let document = serde_json::to_value(document()).unwrap();
    let list: String = operations(&document)
        .into_iter()
        .map(|(method, path, operation)| {
            let body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
            let body = body.and_then(|body| body.rsplit('/').next()).unwrap_or("-");
            let statuses: Vec<_> = operation["responses"].as_object().unwrap().keys().map(String::as_str).collect();
            let id = operation["operationId"].as_str().unwrap();
            format!("{method:<4} {path:<36} {id:<22} {body:<16} {}\n", statuses.join(" "))
        })
        .collect();
    insta::assert_snapshot!(list);
}

#[tokio::test]
async fn it_is_served_to_everybody() {
    let served = Served::open(sqlite().await, |_| {}).await;
    let answer = served.send("get", "/openapi.json", &[], "").await;
    assert_eq!((answer.status, answer.json()), (200, serde_json::to_value(document()).unwrap()));
}
