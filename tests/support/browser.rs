//! A browser that runs no scripts unless told to, driven by its own protocol over a pipe: JSON texts, each ended by a zero byte.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The shell gives its own input and output to the browser as the two ends of the pipe; one that hangs is ended.
const START: &str = r#"exec 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null; exec timeout -k 5 180 "$@""#;

/// One open window.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    asked: u64,
    /// The window's width and height.
    pub size: (u32, u32),
    /// Do the pages' own scripts run?
    scripts: bool,
    profile: TempDir,
}

/// The name of the browser, where there is one; a machine of the CI must have it.
fn installed() -> Option<&'static str> {
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        let said = Command::new(name).arg("--version").output();
        said.is_ok_and(|said| said.status.success())
    });
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "no browser is installed");
        println!("SKIPPED: no browser is installed");
    }
    found
}

impl Browser {
    /// Opens a window in which no script runs; it reaches nothing but this machine.
    pub fn open() -> Option<Self> {
        let mut browser = Self::start("EXCLUDE 127.0.0.1")?;
        browser.scripts = false;
        browser.let_scripts(false);
        Some(browser)
    }

    /// Opens a window in which scripts run; it knows these names, which lie on this machine, and trusts any of their
    /// certificates.
    pub fn open_on(names: &[(&str, u16)]) -> Option<Self> {
        let rules: Vec<_> = names.iter().map(|(name, port)| format!("MAP {name} 127.0.0.1:{port}")).collect();
        Self::start(&rules.join(","))
    }

    fn start(names: &str) -> Option<Self> {
        let (name, profile) = (installed()?, tempfile::tempdir().unwrap());
        let mut child = Command::new("bash")
            .args(["-c", START, "start", name, "--remote-debugging-pipe", "--headless", "--no-sandbox"])
            .args(["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--hide-scrollbars"])
            .args(["--disable-background-networking", "--disable-component-update", "--accept-lang=zh-CN"])
            .args(["--ignore-certificate-errors", "--disable-features=HttpsUpgrades"])
            .arg(format!("--host-resolver-rules={names},MAP * ~NOTFOUND"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut browser = Self { child, to, from, session: None, asked: 0, size: (1280, 900), scripts: true, profile };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        browser.attach(&target["targetId"]);
        Some(browser)
    }

    fn let_scripts(&mut self, run: bool) {
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": !run }));
    }

    /// Turns to a window.
    fn attach(&mut self, target: &Value) {
        self.session = None;
        let attached = self.ask("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        self.ask("Page.enable", json!({}));
    }

    /// Asks for something to be done, and waits until it is.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.tell(method, params).unwrap();
        let asked = self.asked;
        self.wait(|message| message["id"] == asked)
    }

    fn tell(&mut self, method: &str, params: Value) -> std::io::Result<()> {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(message.to_string().as_bytes())?;
        self.to.write_all(&[0])
    }

    fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut bytes = Vec::new();
            let read = self.from.read_until(0, &mut bytes).unwrap();
            assert!(read > 0, "the browser is gone");
            let message: Value = serde_json::from_slice(bytes.strip_suffix(&[0]).unwrap_or(&bytes)).unwrap();
            if is_it(&message) {
                return message;
            }
        }
    }

    /// The window's size, as on a telephone.
    pub fn size(&mut self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.ask("Emulation.setDeviceMetricsOverride", size);
        self.size = (width, height);
    }

    /// Goes to an address, and waits until the page stands.
    pub fn go(&mut self, address: &str) {
        self.ask("Page.navigate", json!({ "url": address }));
        self.loaded();
    }

    pub fn loaded(&mut self) {
        self.wait(|message| message["method"] == "Page.loadEventFired");
    }

    /// How wide and high what the page shows is.
    pub fn extent(&mut self) -> (f64, f64) {
        let metrics = self.ask("Page.getLayoutMetrics", json!({}));
        let of = |side: &str| metrics["cssContentSize"][side].as_f64().unwrap();
        (of("width"), of("height"))
    }

    /// Goes to an address as one who clicked it on another page.
    pub fn go_from(&mut self, address: &str, referer: &str) {
        let clicked = json!({ "url": address, "referrer": referer, "referrerPolicy": "unsafeUrl" });
        let went = self.ask("Page.navigate", clicked);
        assert!(went["errorText"].is_null(), "{address}: {went}");
        self.loaded();
    }

    /// The language that pages are asked for in.
    pub fn language(&mut self, language: &str) {
        self.ask("Network.enable", json!({}));
        self.ask("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": language } }));
    }

    /// `light` or `dark`.
    pub fn scheme(&mut self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.ask("Emulation.setEmulatedMedia", json!({ "features": [feature] }));
    }

    /// `print`: the page as it will be on paper. Nothing: as it is seen.
    pub fn medium(&mut self, medium: &str) {
        self.ask("Emulation.setEmulatedMedia", json!({ "media": medium }));
    }

    /// Where what a selector finds first begins and ends, from the top of the page.
    pub fn place(&mut self, selector: &str) -> (f64, f64) {
        let node = self.find(selector);
        let model = self.ask("DOM.getBoxModel", json!({ "nodeId": node }));
        let border = &model["model"]["border"];
        (border[1].as_f64().unwrap(), border[5].as_f64().unwrap())
    }

    /// The whole page as a PNG.
    pub fn picture(&mut self) -> Vec<u8> {
        let shot = self.ask("Page.captureScreenshot", json!({ "captureBeyondViewport": true }));
        BASE64.decode(shot["data"].as_str().unwrap()).unwrap()
    }

    /// The page as a PDF on A4.
    pub fn paper(&mut self) -> Vec<u8> {
        let paper = json!({ "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69 });
        BASE64.decode(self.ask("Page.printToPDF", paper)["data"].as_str().unwrap()).unwrap()
    }

    /// Every text that is shown, and how its ink stands against the nearest ground that is painted (WCAG 2.2).
    pub fn contrasts(&mut self) -> Vec<(String, f64)> {
        let styles = json!({ "computedStyles": ["color", "background-color"] });
        let mut seen = self.ask("DOMSnapshot.captureSnapshot", styles);
        let page = seen["documents"][0].take();
        let string = |at: &Value| at.as_u64().and_then(|at| seen["strings"][at as usize].as_str()).unwrap_or_default();
        let (layout, parents) = (&page["layout"], &page["nodes"]["parentIndex"]);
        let nodes: Vec<u64> = layout["nodeIndex"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        let painted = |node: u64| {
            let at = nodes.iter().position(|known| *known == node)?;
            Some(string(&layout["styles"][at][1])).filter(|colour| !colour.ends_with(", 0)"))
        };
        let ground = |node: u64| {
            let up = std::iter::successors(Some(node), |node| parents[*node as usize].as_u64());
            up.filter_map(painted).next().and_then(luminance).unwrap_or(1.0)
        };
        let contrast = |(at, node): (usize, &u64)| {
            let said = string(&layout["text"][at]).trim();
            let (ink, ground) = (luminance(string(&layout["styles"][at][0]))?, ground(*node));
            (!said.is_empty()).then(|| (said.to_owned(), (ink.max(ground) + 0.05) / (ink.min(ground) + 0.05)))
        };
        nodes.iter().enumerate().filter_map(contrast).collect()
    }

    fn find(&mut self, selector: &str) -> Value {
        let root = self.ask("DOM.getDocument", json!({}))["root"]["nodeId"].take();
        let found = self.ask("DOM.querySelector", json!({ "nodeId": root, "selector": selector }));
        assert!(found["nodeId"] != 0, "nothing is {selector}");
        found["nodeId"].clone()
    }

    /// Types a text into a field.
    pub fn write(&mut self, selector: &str, text: &str) {
        let node = self.find(selector);
        self.ask("DOM.focus", json!({ "nodeId": node }));
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// Chooses a file.
    pub fn choose(&mut self, selector: &str, file: &Path) {
        let node = self.find(selector);
        self.ask("DOM.setFileInputFiles", json!({ "nodeId": node, "files": [file] }));
    }

    /// Presses a button or follows a link, and waits for the page behind it.
    pub fn press(&mut self, selector: &str) {
        self.set_off(selector);
        self.loaded();
    }

    /// Clicks what leads to no other page.
    pub fn click(&mut self, selector: &str) {
        self.set_off(selector);
        let asked = self.asked;
        self.wait(|message| message["id"] == asked);
    }

    /// Clicks, and does not wait until that is done: what comes of it may be told before.
    fn set_off(&mut self, selector: &str) {
        let node = self.find(selector);
        self.ask("DOM.scrollIntoViewIfNeeded", json!({ "nodeId": node }));
        let quad = self.ask("DOM.getContentQuads", json!({ "nodeId": node }))["quads"][0].take();
        let corner = |n: usize| quad[n].as_f64().unwrap();
        let (x, y) = ((corner(0) + corner(4)) / 2.0, (corner(1) + corner(5)) / 2.0);
        let act = |act: &str| json!({ "type": act, "x": x, "y": y, "button": "left", "clickCount": 1 });
        self.ask("Input.dispatchMouseEvent", act("mousePressed"));
        self.tell("Input.dispatchMouseEvent", act("mouseReleased")).unwrap();
    }

    /// Clicks what is a file: the name under which it is kept, and what is in it.
    pub fn download(&mut self, selector: &str) -> (String, Vec<u8>) {
        let folder = self.profile.path().join("downloads");
        let kept = json!({ "behavior": "allowAndName", "downloadPath": folder, "eventsEnabled": true });
        self.ask("Browser.setDownloadBehavior", kept);
        self.set_off(selector);
        let begun = self.wait(|message| message["method"] == "Browser.downloadWillBegin")["params"].take();
        let is_over = |told: &Value| told["guid"] == begun["guid"] && told["state"] != "inProgress";
        let ended = self.wait(|message| message["method"] == "Browser.downloadProgress" && is_over(&message["params"]));
        assert_eq!(ended["params"]["state"], "completed", "{begun}");
        let of = |key: &str| begun[key].as_str().unwrap();
        (of("suggestedFilename").to_owned(), std::fs::read(folder.join(of("guid"))).unwrap())
    }

    /// Goes down a field of choices by the keyboard, as far as one of them.
    pub fn pick(&mut self, selector: &str, value: &str) {
        let node = self.find(selector);
        self.ask("DOM.focus", json!({ "nodeId": node }));
        let chosen = format!("document.querySelector('{selector}').value");
        let choices = self.beside(&format!("document.querySelector('{selector}').length")).as_i64().unwrap();
        for _ in 0..choices {
            if self.beside(&chosen) == json!(value) {
                return;
            }
            self.key("ArrowDown", 40);
        }
        assert_eq!(self.beside(&chosen), json!(value), "{selector}");
    }

    /// Presses the key that goes on to what can be used next.
    pub fn tab(&mut self) {
        self.key("Tab", 9);
    }

    fn key(&mut self, name: &str, number: u8) {
        for act in ["rawKeyDown", "keyUp"] {
            let key = json!({ "type": act, "key": name, "code": name, "windowsVirtualKeyCode": number });
            self.ask("Input.dispatchKeyEvent", key);
        }
    }

    /// What an expression of the page's own scripts comes to.
    pub fn tell_me(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        self.ask("Runtime.evaluate", asked)["result"]["value"].take()
    }

    /// What an expression comes to in a world beside the page: it sees the page, and the page's policy does not bind it.
    pub fn beside(&mut self, expression: &str) -> Value {
        let frame = self.ask("Page.getFrameTree", json!({}))["frameTree"]["frame"]["id"].take();
        let world = self.ask("Page.createIsolatedWorld", json!({ "frameId": frame }))["executionContextId"].take();
        let asked = json!({
            "expression": expression, "contextId": world, "returnByValue": true, "awaitPromise": true
        });
        // Where no script runs, no promise is kept either; a page that stands does not begin its own any more.
        self.let_scripts(true);
        let mut told = self.ask("Runtime.evaluate", asked);
        self.let_scripts(self.scripts);
        assert!(told["exceptionDetails"].is_null(), "{}", told["exceptionDetails"]);
        told["result"]["value"].take()
    }

    /// Does a whole page stand in the window? Between two pages there is nobody to ask.
    fn stands(&mut self) -> bool {
        let whole = "document.readyState === 'complete' && location.href !== 'about:blank'";
        let asked = json!({ "expression": whole, "returnByValue": true });
        self.answer("Runtime.evaluate", asked)["result"]["result"]["value"] == json!(true)
    }

    /// Clicks what opens a window of its own, and turns to that.
    pub fn follow(&mut self, selector: &str) {
        let known = self.windows();
        self.click(selector);
        let opened = loop {
            if let Some(opened) = self.windows().into_iter().find(|window| !known.contains(window)) {
                break opened;
            }
        };
        self.attach(&json!(opened));
        while !self.stands() {}
    }

    fn windows(&mut self) -> Vec<String> {
        self.targets("page")
    }

    fn targets(&mut self, kind: &str) -> Vec<String> {
        let session = self.session.take();
        let targets = self.ask("Target.getTargets", json!({}))["targetInfos"].take();
        self.session = session;
        let pages = targets.as_array().unwrap().iter().filter(|target| target["type"] == kind);
        pages.filter_map(|target| target["targetId"].as_str().map(str::to_owned)).collect()
    }

    /// The page in the frame of the page, once one stands in it: a frame from nowhere is kept apart from the page.
    pub fn framed(&mut self) -> String {
        let page = self.session.clone();
        let frame = loop {
            if let Some(frame) = self.targets("iframe").into_iter().next() {
                break frame;
            }
        };
        self.attach(&json!(frame));
        let framed = loop {
            let html = self.html();
            if html.contains("<h1") {
                break html;
            }
        };
        self.session = page;
        framed
    }

    /// The page as it stands.
    pub fn html(&mut self) -> String {
        let root = self.ask("DOM.getDocument", json!({}))["root"]["nodeId"].take();
        self.ask("DOM.getOuterHTML", json!({ "nodeId": root }))["outerHTML"].as_str().unwrap().to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = None;
        let _ = self.tell("Browser.close", json!({}));
        let _ = self.child.wait();
    }
}

/// The relative luminance of `rgb(…)` or `rgba(…)`.
fn luminance(colour: &str) -> Option<f64> {
    let parts = colour.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|part| part.parse::<f64>().ok());
    let linear = |value: f64| match value / 255.0 {
        dark if dark <= 0.03928 => dark / 12.92,
        light => ((light + 0.055) / 1.055).powf(2.4),
    };
    let [red, green, blue, ..] = parts.map(linear).collect::<Vec<_>>()[..] else { return None };
    Some(0.2126 * red + 0.7152 * green + 0.0722 * blue)
}
