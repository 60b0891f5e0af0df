(() => {
  const at = (name) => document.getElementById(`class:${name}`);

  const filters = () => {
    const buttons = [...document.querySelectorAll("[data-show]")];
    const find = at("find");
    const rows = [...document.querySelectorAll(".table tbody tr")];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const apply = () => {
      const show = buttons.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.show);
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      let number = 0;
      rows.forEach((row, place) => {
        const groups = (row.dataset.in || "").split(" ");
        row.hidden = !((!show.length || show.some((group) => groups.includes(group))) &&
          words.every((word) => texts[place].includes(word)));
        number += row.hidden ? 0 : 1;
      });
      at("shown").textContent = number === rows.length ? "" : `${number} of ${rows.length} shown`;
      at("nothing").hidden = number > 0 || !rows.length;
    };
    buttons.forEach((button) => button.addEventListener("click", () => {
      button.ariaPressed = String(button.ariaPressed !== "true");
      apply();
    }));
    find.addEventListener("input", apply);
    find.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { find.value = ""; apply(); }
    });
    document.querySelector(".filters").hidden = false;
  };

  // The head of each column sorts by it; who has no value there comes last, either way.
  const sorting = () => {
    const heads = [...document.querySelectorAll(".table thead th")];
    const body = document.querySelector(".table tbody");
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    const value = (row, column) => {
      const cell = row.cells[column];
      return cell.classList.contains("number") ? cell.dataset.by ?? "" : cell.textContent;
    };
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.ariaSort !== "ascending";
        heads.forEach((other) => { other.ariaSort = other === head ? (up ? "ascending" : "descending") : null; });
        const keyed = [...body.rows].map((row) => [value(row, column), row]);
        const order = head.classList.contains("number") ? (one, other) => one - other : compare;
        keyed.sort(([one], [other]) =>
          (one === "") - (other === "") || (one === "" ? 0 : (up ? 1 : -1) * order(one, other)));
        body.append(...keyed.map(([, row]) => row));
      });
    });
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
    filters();
    sorting();
    printing();
    document.querySelector(".tools").hidden = false;
  });
})();
