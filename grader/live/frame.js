"use strict";
// The report stands in a frame, byte for byte as on disk. A newer one is loaded out of sight, put
// into the state of the one that is seen, and only then takes its place.
(() => {
  // After so many attempts to connect again, a few seconds apart, nobody will answer any more.
  const GIVES_UP = 5;
  const root = document.documentElement;
  const at = (name) => document.getElementById(name);
  const choices = new Map(); // what the learner opened or closed, where the report would not
  let seen = null; // the report in sight: its frame, number, folds as it had them, parts scrolled
  let coming = null;
  let newest = 0;

  const say = (state, text) => {
    root.className = state;
    at("line").textContent = text;
    at("alone").hidden = state !== "live" || !seen;
  };
  const announce = (text) => {
    // The same words twice are read twice only if the region was empty in between.
    at("said").textContent = "";
    setTimeout(() => { at("said").textContent = text; }, 50);
  };

  // An element is known again by its id, or by its kind and count below the nearest id above it.
  const kind = (element) => {
    const name = element.localName;
    if (name === "a") return `a[href="${CSS.escape(element.getAttribute("href") || "")}"]`;
    if (element.dataset.show) return `${name}[data-show="${CSS.escape(element.dataset.show)}"]`;
    return [name, ...element.classList].map((word) => CSS.escape(word)).join(".");
  };
  const above = (element) => element.parentElement?.closest("[id]") || null;
  const alike = (page, owner, selector) => [...(owner || page).querySelectorAll(selector)]
    .filter((element) => !element.id && above(element) === owner);
  const placeOf = (element) => {
    if (element.id) return JSON.stringify([element.id]);
    const owner = above(element);
    const selector = kind(element);
    const count = alike(element.ownerDocument, owner, selector).indexOf(element);
    return JSON.stringify([owner ? owner.id : null, selector, count]);
  };
  const find = (page, place) => {
    const [id, selector, count] = JSON.parse(place);
    const owner = id === null ? null : page.getElementById(id);
    if (selector === undefined || (id !== null && !owner)) return owner;
    return alike(page, owner, selector)[count] || null;
  };

  const folds = (page) => [...page.querySelectorAll("details")];
  const boxes = (page) => [...page.querySelectorAll("input[type=checkbox][id]")];

  // What is read keeps its place even if the page above it has grown.
  const anchorOf = (view) => {
    if (!view.scrollY) return null;
    const line = view.innerHeight / 4;
    const inside = [...view.document.querySelectorAll("main [id]")].map((element) =>
      ({ id: element.id, box: element.getBoundingClientRect() }));
    const found = inside.findLast(({ box }) => box.height && box.top <= line && box.bottom > 0);
    return found ? { id: found.id, top: found.box.top } : null;
  };
  const scroll = (view, { anchor, x, y }) => {
    const box = anchor && view.document.getElementById(anchor.id)?.getBoundingClientRect();
    const top = box && box.height ? view.scrollY + box.top - anchor.top : y;
    view.scrollTo({ left: x, top, behavior: "instant" });
  };

  const stateOf = ({ frame, defaults, scrolled }) => {
    const view = frame.contentWindow;
    const page = view.document;
    for (const fold of folds(page)) {
      if (fold.open === defaults.get(fold)) choices.delete(placeOf(fold));
      else choices.set(placeOf(fold), fold.open);
    }
    const focus = page.activeElement;
    const inside = document.activeElement === frame;
    return {
      x: view.scrollX, y: view.scrollY, anchor: anchorOf(view), inside,
      focus: inside && focus && focus !== page.body ? placeOf(focus) : null,
      caret: focus?.localName === "input" ? [focus.selectionStart, focus.selectionEnd] : null,
      parts: [...scrolled].filter((part) => part.isConnected)
        .map((part) => ({ place: placeOf(part), left: part.scrollLeft, top: part.scrollTop })),
      boxes: boxes(page).map((box) => [box.id, box.checked]),
      dialog: page.querySelector("dialog[open]")?.id,
    };
  };
  const open = (page) => {
    for (const [place, state] of choices) {
      const fold = find(page, place);
      if (fold) fold.open = state;
    }
  };
  const restore = (view, state) => {
    const page = view.document;
    for (const [id, checked] of state.boxes) {
      const box = page.getElementById(id);
      if (box) box.checked = checked;
    }
    if (state.dialog) page.getElementById(state.dialog)?.showModal();
    const focus = state.focus && find(page, state.focus);
    if (state.inside) {
      view.focus();
      focus?.focus({ preventScroll: true });
      if (focus && state.caret && state.caret[0] !== null) focus.setSelectionRange(...state.caret);
    }
    for (const { place, left, top } of state.parts) {
      find(page, place)?.scrollTo({ left, top, behavior: "instant" });
    }
    scroll(view, state);
  };

  // The address names the exercise or the filter, as the report's own does.
  const mirror = (view) => {
    history.replaceState(null, "", view.location.hash || location.pathname);
  };
  const follow = (frame) => {
    const view = frame.contentWindow;
    const write = view.history.replaceState.bind(view.history);
    view.history.replaceState = (...all) => { write(...all); mirror(view); };
    view.addEventListener("hashchange", () => mirror(view));
    const shown = view.document.documentElement;
    const theme = () => {
      if (shown.dataset.theme) root.dataset.theme = shown.dataset.theme;
      else delete root.dataset.theme;
    };
    new MutationObserver(theme).observe(shown, { attributeFilter: ["data-theme"] });
    theme();
    mirror(view);
  };

  const hash = () => (seen ? seen.frame.contentWindow.location.hash : location.hash);
  const load = () => {
    const frame = document.createElement("iframe");
    frame.title = "Report";
    frame.className = "coming";
    coming = { frame, number: newest, hash: hash() };
    frame.src = `report?${newest}${coming.hash}`;
    frame.addEventListener("load", () => arrive(coming), { once: true });
    at("stage").append(frame);
  };
  const arrive = ({ frame, number, hash: asked }) => {
    const page = frame.contentDocument;
    coming = null;
    // A report that did not come leaves the last one where it is.
    if (page?.contentType !== "text/html") {
      frame.remove();
      return;
    }
    if (hash() !== asked) {
      frame.remove();
      load();
      return;
    }
    const next = { frame, number, scrolled: new Set(),
      defaults: new Map(folds(page).map((fold) => [fold, fold.open])) };
    const state = seen && stateOf(seen);
    page.addEventListener("scroll", ({ target }) => {
      if (target !== page) next.scrolled.add(target);
    }, { capture: true, passive: true });
    open(page);
    if (state) scroll(frame.contentWindow, state);
    frame.className = "";
    seen?.frame.remove();
    const first = !seen;
    seen = next;
    if (first) frame.contentWindow.focus();
    else restore(frame.contentWindow, state);
    shown(page, first);
    if (newest !== number) load();
  };
  const shown = (page, first) => {
    at("waiting").hidden = true;
    document.title = page.title;
    follow(seen.frame);
    if (root.className === "live") live();
    if (!first) announce(`Refreshed. ${page.querySelector("h1")?.textContent.trim() || ""}`);
  };

  const live = () => say("live", seen
    ? `Live: refreshed at ${new Date().toLocaleTimeString([], { hour12: false })}`
    : "Live: waiting for the first report");
  const over = (text) => {
    say("over", text);
    announce(text);
  };

  const listen = () => {
    const events = new EventSource("events");
    const gone = "No longer live: dlgrade watch has ended. Start dlgrade watch --web again; it prints a new address.";
    let lost = 0;
    events.addEventListener("open", () => {
      lost = 0;
      live();
    });
    events.addEventListener("message", ({ data }) => {
      newest = Number(data);
      if (newest && !coming && newest !== seen?.number) load();
    });
    events.addEventListener("ended", () => {
      events.close();
      over(gone);
    });
    events.addEventListener("replaced", () => {
      events.close();
      over("Paused: this page is open in many tabs. Reload it to go on here.");
    });
    events.addEventListener("error", () => {
      lost += 1;
      if (lost === 1) over(gone);
      if (lost === GIVES_UP) events.close();
    });
  };

  addEventListener("hashchange", () => {
    if (seen) seen.frame.contentWindow.location.hash = location.hash;
  });
  addEventListener("DOMContentLoaded", listen);
})();
