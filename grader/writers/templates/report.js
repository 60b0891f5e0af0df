(() => {
  const at = (name) => document.getElementById(`page:${name}`);

  // The URL's hash is either the place of an exercise or show=…&find=…&at=….
  const readHash = () => {
    let text = location.hash.slice(1);
    try { text = decodeURI(text); } catch { /* taken as it is */ }
    if (!/^(show|find|at)=/.test(text)) return { show: null, find: null, at: text };
    const fields = new URLSearchParams(location.hash.slice(1));
    return { show: (fields.get("show") || "").split(",").filter(Boolean),
      find: fields.get("find") || "", at: fields.get("at") || "" };
  };

  const filters = () => {
    const buttons = [...document.querySelectorAll("[data-show]")];
    const find = at("find");
    const rows = [...document.querySelectorAll(".index li")];
    const sections = [...document.querySelectorAll(".exercise")];
    const texts = sections.map((section) =>
      [...section.querySelectorAll(".topic, h2, .asks, h3 .name")]
        .map((element) => element.textContent).join(" ").toLowerCase());
    let current = -1;

    const shown = () => sections.map((_, place) => place).filter((place) => !sections[place].hidden);
    const writeHash = () => {
      const show = buttons.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.show);
      const place = current >= 0 ? sections[current].id : "";
      const fields = new URLSearchParams();
      if (show.length) fields.set("show", show.join(","));
      if (find.value) fields.set("find", find.value);
      const state = fields.toString();
      if (state && place) fields.set("at", place);
      const hash = state ? fields.toString() : place;
      try { history.replaceState(null, "", `#${hash}`); } catch { /* the view stands, unnamed */ }
    };
    const apply = () => {
      const show = buttons.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.show);
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      sections.forEach((section, place) => {
        const wanted = (!show.length || show.includes(section.dataset.group)) &&
          words.every((word) => texts[place].includes(word));
        section.hidden = rows[place].hidden = !wanted;
      });
      const number = shown().length;
      const all = number === sections.length;
      at("shown").textContent = all ? "" : `${number} of ${sections.length} shown`;
      at("nothing").hidden = number > 0 || !sections.length;
    };
    const mark = (place) => {
      current = place;
      rows.forEach((row, index) => row.firstElementChild.toggleAttribute("aria-current", index === place));
    };
    const go = (place) => {
      mark(place);
      writeHash();
      sections[place].focus({ preventScroll: true });
      sections[place].scrollIntoView({ block: "start" });
    };
    const step = (by) => {
      const visible = shown();
      if (!visible.length) return;
      const ahead = by > 0 ? visible.find((place) => place > current)
        : visible.findLast((place) => place < current);
      go(ahead ?? (by > 0 ? visible.at(-1) : visible[0]));
    };
    const clear = () => {
      find.value = "";
      buttons.forEach((button) => { button.ariaPressed = "false"; });
      apply();
      writeHash();
    };
    const follow = () => {
      const state = readHash();
      const filtered = state.show !== null;
      if (filtered) {
        buttons.forEach((button) => { button.ariaPressed = String(state.show.includes(button.dataset.show)); });
        find.value = state.find;
      }
      apply();
      const target = state.at && document.getElementById(state.at);
      const section = target && target.closest(".exercise");
      if (!section) return;
      if (section.hidden) clear();
      const fold = target.closest("details");
      if (fold) fold.open = true;
      mark(sections.indexOf(section));
      if (filtered || fold) target.scrollIntoView({ block: "start" });
      if (!filtered && (find.value || buttons.some((button) => button.ariaPressed === "true"))) writeHash();
    };

    buttons.forEach((button) => button.addEventListener("click", () => {
      button.ariaPressed = String(button.ariaPressed !== "true");
      apply();
      writeHash();
    }));
    find.addEventListener("input", () => { apply(); writeHash(); });
    addEventListener("hashchange", follow);
    document.querySelector(".filters").hidden = false;
    document.querySelector(".tools").hidden = false;
    follow();
    return { step, clear, find };
  };

  const keys = ({ step, clear, find }) => {
    const dialog = at("keys");
    const help = () => dialog.showModal();
    at("help").addEventListener("click", help);
    at("close").addEventListener("click", () => dialog.close());
    const acts = {
      j: () => step(1),
      k: () => step(-1),
      "/": () => { find.focus(); find.select(); },
      "?": help,
    };
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
      if (event.key === "Escape") {
        if (event.target === find) { clear(); find.blur(); }
        return;
      }
      const typing = event.target.closest?.("input, textarea, select");
      if (typing || !at("keys-on").checked || !Object.hasOwn(acts, event.key)) return;
      event.preventDefault();
      acts[event.key]();
    });
  };

  const copies = () => {
    for (const box of document.querySelectorAll(".copy")) {
      const hold = document.createElement("div");
      hold.className = "hold";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(box.textContent);
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(box);
          button.textContent = "Selected";
        }
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      box.replaceWith(hold);
      hold.append(box, button);
    }
  };

  // The record is gzip in base64; whoever wants it as JSON gets it as a file.
  const record = () => {
    const button = at("save");
    button.parentElement.hidden = typeof DecompressionStream !== "function";
    button.addEventListener("click", async () => {
      const packed = Uint8Array.from(atob(at("record").textContent), (letter) => letter.charCodeAt(0));
      const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await new Response(unpacked).blob());
      link.download = "record.json";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  };

  // What scrolls sideways can be reached and scrolled with the keyboard.
  const scrollers = () => {
    for (const box of document.querySelectorAll(".code, .box, .picture, .message")) {
      if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };

  const printing = () => {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll("details:not([open])")];
      opened.forEach((fold) => { fold.open = true; });
    });
    addEventListener("afterprint", () => { opened.forEach((fold) => { fold.open = false; }); });
  };

  addEventListener("DOMContentLoaded", () => {
    themes(at("theme"));
    copies();
    record();
    keys(filters());
    printing();
    scrollers();
    addEventListener("resize", scrollers);
    document.addEventListener("toggle", scrollers, true);
  });
})();
