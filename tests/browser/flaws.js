// What is wrong with the layout of a page at its present width, in words.
() => {
  const flaws = [];
  const say = (what, it) => flaws.push(`${what}: ${it.outerHTML.slice(0, 90)}`);
  const width = document.documentElement.clientWidth;
  const scrolls = ".code, .box, .picture, .message, .table";
  if (document.documentElement.scrollWidth > width) flaws.push(`the page is ${document.documentElement.scrollWidth} wide`);

  const inSight = (it) => it.checkVisibility({ visibilityProperty: true }) && it.getClientRects().length > 0;
  const drawn = (it) => {
    // What is folded away has places too, but only the fold is seen.
    if (it.matches(".index li, .index a, .first, details:not([open])") || it.querySelector("details:not([open])")) return [it.getBoundingClientRect()];
    const range = document.createRange();
    range.selectNodeContents(it);
    return [...range.getClientRects()].filter((box) => box.width > 0.5 && box.height > 0.5);
  };
  const within = (it) => it.closest(scrolls) && !it.matches(scrolls);

  for (const it of document.querySelectorAll("body *")) {
    if (!inSight(it) || it.closest("svg, dialog, .skip") || within(it)) continue;
    const box = it.getBoundingClientRect();
    if (box.left < -0.5 || box.right > width + 0.5) say("outside the window", it);
    const style = getComputedStyle(it);
    // The index cuts a long title to two lines, with an ellipsis; the title stands whole beside it.
    const clamped = it.matches(".index .first");
    if (!clamped && style.overflowX === "hidden" && it.scrollWidth > it.clientWidth + 1) say("cut", it);
    if (!it.matches(scrolls) && !clamped && !it.children.length && it.textContent.trim()) {
      const around = it.closest(".exercise, nav, footer, .verdict").getBoundingClientRect();
      for (const line of drawn(it)) {
        if (line.left < around.left - 1 || line.right > around.right + 1) { say("leaves its frame", it); break; }
      }
    }
  }

  // Neighbours may touch, as lines of text do; four pixels into each other is an overlap.
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 4;
  for (const parent of document.querySelectorAll("body, body *")) {
    if (parent.closest("svg, dialog") || parent.closest(scrolls) || !inSight(parent)) continue;
    const children = [...parent.children].filter((it) => inSight(it) && !it.matches("script, .skip, br"));
    const boxes = children.map((it) => (it.matches(`${scrolls}, button, input, svg`)
      ? [it.getBoundingClientRect()] : it.closest(".columns") === it ? [] : drawn(it).slice(0, 40)));
    for (let place = 0; place + 1 < children.length; place += 1) {
      for (const other of [place + 1, place + 2]) {
        const touch = other < children.length &&
          boxes[place].some((one) => boxes[other].some((two) => meet(one, two)));
        if (touch) say(`overlaps ${children[other].outerHTML.slice(0, 60)}`, children[place]);
      }
    }
  }

  // WCAG 2.5.8: 24 by 24 pixels, but for links within a sentence. A label is part of its box.
  for (const it of document.querySelectorAll("a[href], button, input, summary")) {
    const target = it.closest("label") || it;
    if (!inSight(target) || (it.matches("a") && getComputedStyle(it).display === "inline")) continue;
    const box = target.getBoundingClientRect();
    if (box.width < 24 || box.height < 24) say(`${box.width.toFixed(1)} by ${box.height.toFixed(1)}`, it);
  }
  return [...new Set(flaws)];
}
