// The console's own script: keys, dialogs, live lists, clocks. Every page works without it, more slowly.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- htmx: every request carries the session's token ---
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf || "";
    const from = event.target.closest("[data-unit-from]");
    if (from) event.detail.parameters.unit = unitFor(from);
  });
  document.addEventListener("htmx:responseError", (event) => say(problemOf(event.detail.xhr)));
  document.addEventListener("htmx:sendError", () => say("网络不通，未作任何改动。请稍后重试。"));
  document.addEventListener("htmx:timeout", () => say("等待太久，没有收到答复。请刷新页面，看是否已经办成，再决定要不要重试。"));

  // what takes longer than a blink says so; a download ends without a sign, so the words go by themselves
  let slow = null;
  function busy(on) {
    clearTimeout(slow);
    document.body.classList.remove("dz-busy");
    if (on) slow = setTimeout(() => { document.body.classList.add("dz-busy"); slow = setTimeout(() => busy(false), 8000); }, 400);
  }
  document.addEventListener("htmx:beforeRequest", () => busy(true));
  document.addEventListener("htmx:afterRequest", () => busy(false));
  addEventListener("beforeunload", () => busy(true));
  addEventListener("pageshow", () => busy(false));

  function problemOf(xhr) {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    return $("h1", page)?.textContent || "操作未完成，请重试。";
  }
  function say(words) {
    $(".dz-notice")?.remove();
    const told = document.createElement("div");
    told.className = "dz-error";
    told.setAttribute("role", "alert");
    told.textContent = words;
    const open = $("dialog[open] form");
    $$("dialog .dz-error").forEach((one) => one.remove());
    (open || $("#main"))?.prepend(told);
    told.scrollIntoView({ block: "nearest" });
  }
  // the clauses a form offers are those of the unit chosen in the same form
  function unitFor(search) {
    const form = search.closest("dialog")?.querySelector("form");
    const unit = form && ["lead", "to", "proposed_unit", "receiver", "unit"].map((name) => form.elements[name]).find((one) => one && one.value);
    return unit ? unit.value : "";
  }

  // --- claims: whoever has an order open is seen by the colleagues of the same desk ---
  const claimBar = $("[data-claim]");
  function post(address, fields) {
    const body = new URLSearchParams({ quiet: "yes", ...fields });
    return fetch(address, { method: "POST", body, keepalive: true, headers: { "X-CSRF-Token": document.body.dataset.csrf || "" } });
  }
  if (claimBar && !$(".dz-claim-other", claimBar)) {
    const claim = () => { if (!document.hidden) post(claimBar.dataset.claim, {}).catch(() => {}); };
    claim();
    setInterval(claim, 45000);
    addEventListener("pagehide", () => { post(claimBar.dataset.release, { looked_at: "yes" }).catch(() => {}); });
  }
  function showClaims() {
    const list = $("[data-claims]");
    if (!list) return;
    fetch(list.dataset.claims, { headers: { Accept: "application/json" } }).then((found) => found.json()).then((claims) => {
      $$("[data-claim-of]").forEach((tag) => {
        const claim = claims[tag.dataset.claimOf];
        tag.textContent = claim ? (claim.mine ? "我" : claim.name) + (claim.kept ? "已认领" : "正在处理") : "";
      });
    }).catch(() => {});
  }

  // --- several rows at once ---
  function chosen() {
    const form = $("[data-choosing]");
    if (!form) return;
    const boxes = $$("input[name=order]", form), ticked = boxes.filter((box) => box.checked);
    $("[data-chosen]", form).textContent = ticked.length;
    $(".dz-bulk button", form).disabled = !ticked.length;
    $("[data-all]", form).checked = ticked.length > 0 && ticked.length === boxes.length;
    boxes.forEach((box) => box.closest("tr").classList.toggle("dz-ticked", box.checked));
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) $$("[data-choosing] input[name=order]").forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-all], [data-choosing] input[name=order]")) chosen();
  });
  let ticked = [];  // kept over a refresh of the list
  document.addEventListener("htmx:beforeSwap", () => { ticked = $$("[data-choosing] input[name=order]:checked").map((box) => box.value); });
  document.addEventListener("htmx:afterSwap", () => {
    $$("[data-choosing] input[name=order]").forEach((box) => { box.checked = ticked.includes(box.value); });
    chosen();
  });

  // --- dialogs ---
  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-opens]");
    if (event.target.closest("[data-print]")) print();
    if (opens) open(document.getElementById(opens.dataset.opens));
    if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
    const back = event.target.closest("[data-back]");
    if (back && history.length > 1) { event.preventDefault(); goBack(back); }
    const more = event.target.closest("[data-more]");
    if (more) {
      const last = $$("input", more.parentElement).pop();
      const next = last.cloneNode();
      next.value = "";
      last.after(next);
      next.focus();
    }
    const sends = event.target.closest(".dz-form-end button:not([type=button])");
    if (sends) goOn(sends.form, sends.dataset.thenNext || "");
    const row = event.target.closest("[data-row]");
    if (row && !event.target.closest("a, button, input, form") && !String(getSelection())) $("[data-open]", row)?.click();
  });
  // where a form leads once it is carried out: the next order of the list, or nowhere else
  function goOn(form, address) { if (form.elements.next) form.elements.next.value = address; }
  function open(dialog) {
    if (!dialog || dialog.open) return;
    dialog.showModal();
    show(dialog);
    const saving = $("[data-saving]", dialog);
    if (saving) saving.value = location.search.slice(1);
    $$("[hx-get='/clauses']", dialog).forEach((one) => window.htmx?.trigger(one, "look"));
    $(".dz-fields input:not([type=hidden]):not([type=search]), .dz-fields select, .dz-fields textarea", dialog)?.focus();
  }
  document.addEventListener("DOMContentLoaded", () => { const asked = $("[data-opens-at-once]"); if (asked) open(document.getElementById(asked.dataset.opensAtOnce)); });
  function goBack(link) {
    const list = sessionStorage.getItem("dz-list");
    location.href = list && document.body.querySelector(".dz-menu") ? list : link.getAttribute("href");
  }
  // fields that matter only for some answers of the form's first choice
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choice]")) show(event.target.closest("dialog") || event.target.form);
    if (event.target.matches("input[list]")) {
      $$("[data-unit-from]", event.target.closest("dialog") || document).forEach((one) => window.htmx?.trigger(one, "look"));
    }
  });
  function show(form) {
    const first = $("[data-choice]", form);
    if (!first) return;
    const chosen = first.type === "radio" ? $(`[name="${first.name}"]:checked`, form)?.value || "" : first.value;
    $$("[data-shown-for]", form).forEach((field) => { field.hidden = !field.dataset.shownFor.split(" ").includes(chosen); });
  }
  document.addEventListener("submit", (event) => {
    $$("button", event.target).forEach((button) => setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 3000); }));
  });

  // --- keys ---
  let picked = -1;
  const rows = () => $$("[data-list] [data-row]");
  function pick(number) {
    const all = rows();
    if (!all.length) return;
    picked = Math.max(0, Math.min(number, all.length - 1));
    all.forEach((row, at) => row.classList.toggle("dz-picked", at === picked));
    all[picked].focus({ preventScroll: true });
    all[picked].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form"), onward = event.shiftKey && form && $("[data-then-next]:not([hidden])", form);
      if (onward) { event.preventDefault(); onward.click(); }
      else if (form) { event.preventDefault(); goOn(form, ""); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing) { if (event.key === "Escape" && !event.target.closest("dialog")) event.target.blur(); return; }
    const key = event.key, drawer = $("dialog[open]");
    if (drawer) {
      if (/^[1-5]$/.test(key) && $("[data-adds]", drawer)) { event.preventDefault(); support(Number(key)); }
      return;
    }
    const orders = neighbours();
    const action = $(`[data-key="${CSS.escape(key.toLowerCase())}"]`);
    const inRow = rows()[picked] && $(`[data-row-key="${CSS.escape(key.toLowerCase())}"]`, rows()[picked]);
    if (inRow) { event.preventDefault(); inRow.click(); }
    else if (action) { event.preventDefault(); action.click(); }
    else if (orders && (key === "j" || key === "k")) { const to = orders[key]; if (to) location.href = to; else say("已到列表末尾，按 U 返回列表。"); }
    else if (orders && /^[1-5]$/.test(key)) { event.preventDefault(); support(Number(key)); }
    else if (key === "j" || key === "ArrowDown") { if (rows().length) { event.preventDefault(); pick(picked + 1); } }
    else if (key === "k" || key === "ArrowUp") { if (rows().length) { event.preventDefault(); pick(picked - 1); } }
    else if (key === "x") { if (rows()[picked]) { const box = $("input[name=order]", rows()[picked]); if (box) { box.checked = !box.checked; chosen(); } } }
    else if (key === "a") { const all = $("[data-all]"); if (all) all.click(); }
    else if (key === "Enter" && picked >= 0 && !event.target.closest("a, button")) $("[data-open]", rows()[picked])?.click();
    else if (key === "/") { event.preventDefault(); $("#find")?.focus(); }
    else if (key === "?") open($("#keys"));
    else if (key === "n") $("[rel=next]")?.click();
    else if (key === "p") $("[rel=prev]")?.click();
    else if (key === "u") $("[data-back]")?.click();
    else if (key === "g") location.reload();
    else if (/^[0-9]$/.test(key)) $$(".dz-tabs a")[(Number(key) + 9) % 10]?.click();
  });

  // on an order's page j and k lead to its neighbours in the list one came from
  function neighbours() {
    if (!$("[data-order]")) return null;
    let list = [];
    try { list = JSON.parse(sessionStorage.getItem("dz-orders") || "[]"); } catch { list = []; }
    const at = list.indexOf(location.pathname);
    return { j: list[at + 1], k: at > 0 ? list[at - 1] : undefined, at: at + 1, of: at < 0 ? 0 : list.length };
  }
  // where the order stands in that list, and a way on to the next one from every form
  function showNeighbours() {
    const place = $("[data-neighbours]"), found = neighbours();
    if (!place || !found || !found.of) return;
    const said = document.createElement("span");
    said.textContent = `本页第 ${found.at} / ${found.of} 件`;
    place.append(said);
    for (const [key, words] of [["k", "上一件"], ["j", "下一件"]]) {
      if (!found[key]) continue;
      const link = document.createElement("a"), cap = document.createElement("kbd");
      link.href = found[key]; link.className = "btn btn-sm"; link.textContent = words; cap.textContent = key.toUpperCase();
      link.append(cap);
      place.append(link);
    }
    place.hidden = false;
    if (found.j) $$("[data-then-next]").forEach((one) => { one.dataset.thenNext = found.j; one.hidden = false; });
  }
  showNeighbours();

  // a candidate as support, into the form of the dispatch or of the support to be added; the same key takes it out again
  function support(number) {
    const unit = $(`[data-candidate="${number}"]`)?.dataset.unit;
    const form = $("#form-dispatch") || $("#form-add-support");
    if (!unit || !form) return;
    open(form);
    const fields = supports(form), there = fields.find((one) => one.value === unit);
    let field = there || fields.find((one) => !one.value) || (form.id === "form-add-support" ? fields[0] : null);
    if (!field) { $("[data-many] [data-more]", form)?.click(); field = supports(form).pop(); }
    field.value = there ? "" : unit;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    $(".dz-form-end button", form)?.focus();  // the next figure is a key again, no text
  }
  const supports = (form) => $$("[name=supports], [name=unit]", form);
  function showAdded(form) {
    const given = supports(form).map((one) => one.value);
    $$("[data-adds]", form).forEach((one) => one.setAttribute("aria-pressed", given.includes($(`[data-candidate="${one.dataset.adds}"]`)?.dataset.unit)));
  }
  document.addEventListener("change", (event) => { const form = event.target.closest("dialog"); if (form && $("[data-adds]", form)) showAdded(form); });
  document.addEventListener("click", (event) => { const adds = event.target.closest("[data-adds]"); if (adds) support(Number(adds.dataset.adds)); });
  const openHash = () => { if (location.hash.startsWith("#form-")) open(document.getElementById(location.hash.slice(1))); };
  openHash();
  addEventListener("hashchange", openHash);

  // --- the tour: what its step speaks of is framed; without this the step is only read ---
  const tour = $(".dz-tour");
  if (tour) {
    const spoken = $(tour.dataset.pointsAt);
    spoken?.classList.add("dz-toured");
    const top = spoken?.getBoundingClientRect().top ?? 0;
    if (top < 0 || top > innerHeight - 160) spoken.scrollIntoView({ block: "center" });
    tour.focus({ preventScroll: true });
  }

  // --- lists that stay new: told by the server, else asked for every few seconds ---
  const live = $("#live");
  if (live) {
    let known = null, wanted = false, waiting = null, last = 0;
    const refresh = () => {
      if (document.hidden) { wanted = true; return; }
      if (waiting) return;
      // the first at once, a burst of orders together
      waiting = setTimeout(() => { waiting = null; last = Date.now(); fetchList(); }, Math.max(20, last + 500 - Date.now()));
    };
    const fetchList = () => {
      const list = $(live.dataset.refresh);
      if (list && !$("dialog[open]")) window.htmx?.ajax("GET", list.dataset.from, { target: live.dataset.refresh, swap: "outerHTML" });
    };
    const state = (name, words) => { live.dataset.state = name; live.textContent = words; };
    let polling = null;
    const poll = () => { if (!polling) { state("polling", "每 5 秒刷新"); polling = setInterval(refresh, 5000); } };
    if (window.EventSource) {
      const source = new EventSource(live.dataset.stream);
      source.addEventListener("moved", (event) => {
        if (known !== null && event.data !== known) refresh();
        known = event.data;
      });
      let claimed = null;
      source.addEventListener("claimed", (event) => {
        if (claimed !== null && event.data !== claimed && !document.hidden) showClaims();
        claimed = event.data;
      });
      source.onopen = () => { clearInterval(polling); polling = null; state("live", "实时"); };
      source.onerror = () => poll();
      addEventListener("pagehide", () => source.close());
    } else poll();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && wanted) { wanted = false; refresh(); } });
    document.addEventListener("htmx:afterSwap", () => { remember(); if (picked >= 0) { const all = rows(); all.forEach((row, at) => row.classList.toggle("dz-picked", at === picked)); } tick(); });
  }
  function remember() {
    const list = $("[data-list]");
    if (!list) return;
    sessionStorage.setItem("dz-list", list.dataset.from);
    sessionStorage.setItem("dz-orders", JSON.stringify($$("[data-open]", list).map((one) => one.pathname)));
  }
  remember();

  // --- clocks count down; the server's time is what counts, not this machine's ---
  const ahead = Date.now() - Date.parse(document.body.dataset.now || new Date().toISOString());
  function length(minutes) {
    const days = Math.floor(minutes / 1440), hours = Math.floor(minutes % 1440 / 60), left = minutes % 60;
    if (days) return hours ? `${days}天${hours}小时` : `${days}天`;
    if (hours) return left ? `${hours}小时${left}分` : `${hours}小时`;
    return `${left}分`;
  }
  function tick() {
    const now = Date.now() - ahead;
    $$("[data-due]").forEach((one) => {
      const left = Date.parse(one.dataset.due) - now, soon = Number(one.dataset.soon || 240) * 60000;
      one.textContent = left < 0 ? `超时${length(Math.floor(-left / 60000))}` : `剩${length(Math.floor(left / 60000))}`;
      one.classList.toggle("dz-over", left < 0);
      one.classList.toggle("dz-soon", left >= 0 && left < soon);
      one.classList.toggle("dz-fine", left >= soon);
    });
  }
  setInterval(tick, 20000);

  // --- what is folded: an address that leads into it opens it, and nothing stays folded on paper ---
  function unfold() {
    const at = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = at && at.closest("details");
    if (fold) { fold.open = true; at.scrollIntoView(); }
  }
  unfold();
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => $$(".dz-fold").forEach((one) => { one.open = true; }));
})();
