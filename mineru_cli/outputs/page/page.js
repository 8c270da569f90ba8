"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const { docs, cards, failures, more_failures, readers, summary } = JSON.parse($("index").textContent);

  // -- what is shown -----------------------------------------------------------------------------------

  const STATE = { q: "", doc: "", kind: "", by: "", flag: "", sort: "doubt" };
  let state = { ...STATE };
  let shown = [];
  let current = -1; // the number of a card, not its place

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };
  const plural = (count, one, many) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : many || one + "s"}`;
  const spaced = (code) => code.replaceAll("_", " ");
  const file = (card, suffix) => `${docs[card.doc].base}${card.id}${suffix}`;
  const name = (card) => `${docs[card.doc].name}/${card.id}`;

  // The details are a line a card, taken apart when the card comes into view.
  let lines = null;
  const line = (number) => {
    lines ??= $("details").textContent.slice(1).split("\n");
    return lines[number];
  };

  // -- one chart ---------------------------------------------------------------------------------------

  const articles = new Map();
  const article = (number) => {
    let element = articles.get(number);
    if (!element) {
      const heading = make("h2", { id: `h${number}`, dir: "auto" }, cards[number].title);
      element = make("article", { class: "card", id: `c${number}`, tabindex: -1, "aria-labelledby": `h${number}` }, heading);
      articles.set(number, element);
      coming.observe(element);
    }
    return element;
  };
  const numberOf = (element) => Number(element.id.slice(1));

  const coming = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => fill(entry.target)),
    { rootMargin: "1200px 0px" },
  );

  const fill = (element) => {
    if (element.dataset.full) return;
    element.dataset.full = "1";
    coming.unobserve(element);
    const number = numberOf(element);
    const card = cards[number];
    const [caption, how, doubts, alt, columns, rows, count, note] = JSON.parse(line(number));
    element.append(where(card), badges(card, how, doubts), pair(card, alt));
    if (caption && caption !== card.title) element.append(make("p", { class: "caption", dir: "auto" }, caption));
    if (doubts.length) {
      const items = doubts.map((text) => make("li", { class: card.failed ? "bad" : "", dir: "auto" }, text));
      element.append(make("ul", { class: "doubts", "aria-label": "Doubts" }, ...items));
    }
    if (rows.length) element.append(numbers(number, columns, rows, count, note));
  };

  const where = (card) => {
    const doc = docs[card.doc];
    const place = [make("bdi", {}, doc.name), doc.pages > 1 ? `, page ${card.page}` : ""];
    const href = doc.href + (doc.pdf ? `#page=${card.page}` : "");
    const source = doc.href
      ? make("a", { class: "source", href, title: "Open the page it comes from" }, ...place)
      : make("span", {}, ...place);
    const link = make("a", { class: "permalink", href: `#${new URLSearchParams({ chart: name(card) })}` }, card.id);
    link.title = "A link to this chart";
    return make("p", { class: "where" }, source, make("bdi", {}, card.label), link);
  };

  const badges = (card, how, doubts) => {
    const mark = card.failed
      ? make("span", { class: "badge bad" }, "not read")
      : doubts.length
        ? make("span", { class: "badge doubt" }, plural(doubts.length, "doubt"))
        : make("span", { class: "badge good" }, "no doubts");
    return make("p", { class: "badges" }, mark, ...how.map((text) => make("span", { class: "badge" }, text)));
  };

  const pair = (card, alt) => {
    const crop = card.files.includes(".png")
      ? make("a", { class: "paper", href: file(card, ".png") },
          make("img", { src: file(card, ".png"), loading: "lazy", decoding: "async", width: card.size[0], height: card.size[1], alt: alt[0] }))
      : make("div", { class: "paper" }, make("p", {}, "The crop was not kept."));
    const left = make("figure", {}, crop, make("figcaption", {}, "In the document"));
    if (card.kind !== "chart" || card.failed) return make("div", { class: "pair" }, left);
    const drawn = card.files.includes(".svg")
      ? make("img", { src: file(card, ".svg"), loading: "lazy", decoding: "async", alt: alt[1] })
      : make("p", {}, alt[1]);
    const caption = make("figcaption", {}, "Redrawn from the numbers");
    if (card.files.includes(".vl.json")) caption.append(" · ", make("a", { href: file(card, ".vl.json") }, "Vega-Lite"));
    return make("div", { class: "pair" }, left, make("figure", {}, make("div", { class: "paper" }, drawn), caption));
  };

  const numbers = (number, columns, rows, count, note) => {
    const card = cards[number];
    const copy = make("button", { type: "button", class: "copy" }, "Copy table");
    const csv = card.files.includes(".csv")
      ? make("a", { class: "button csv", href: file(card, ".csv"), download: `${card.id}.csv` }, "CSV")
      : make("button", { type: "button", class: "csv save" }, "CSV");
    const label = `Numbers of ${card.title}`;
    const heading = (text, place) => {
      const above = place > 0 && NUMBER.test(rows[0][place] ?? "");
      return make("th", { scope: "col", dir: "auto", class: above ? "number" : null }, text);
    };
    const head = make("thead", {}, make("tr", {}, ...columns.map(heading)));
    const body = make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map(cell))));
    const scroll = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, make("table", {}, head, body));
    const bar = make("div", { class: "bar" }, make("h3", {}, plural(count, "row")), copy, csv);
    return make("section", { class: "numbers" }, bar, scroll, note ? make("p", { class: "small" }, note) : null);
  };

  const NUMBER = /^[<>~≈±$€£¥]*\s*[-+−–]?[\d.,\s\u202f]*\d\s*(?:[%‰kKmMbB]|bn|[eE][-+]?\d+)?$/;
  const cell = (text, place) =>
    place === 0
      ? make("th", { scope: "row", dir: "auto" }, text)
      : make("td", NUMBER.test(text) ? { class: "number" } : { dir: "auto" }, text);

  // -- choosing ----------------------------------------------------------------------------------------

  const tests = {
    doc: (card) => docs[card.doc].name === state.doc,
    kind: (card) => card.label === state.kind,
    by: (card) => card.by === state.by,
    flag: (card) => {
      if (state.flag === "any") return card.failed || card.codes.length > 0;
      if (state.flag === "none") return !card.failed && card.codes.length === 0;
      return card.codes.includes(state.flag);
    },
  };

  const choose = () => {
    const wanted = Object.keys(tests).filter((key) => state[key]);
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const quoted = words.map((word) => JSON.stringify(word).slice(1, -1).replaceAll("<", "\\u003c"));
    shown = [];
    cards.forEach((card, number) => {
      if (!wanted.every((key) => tests[key](card))) return;
      if (words.length) {
        const head = `${card.title}\n${docs[card.doc].name}\n${card.id}\n${card.label}`.toLowerCase();
        if (!words.every((word, k) => head.includes(word) || line(number).toLowerCase().includes(quoted[k]))) return;
      }
      shown.push(number);
    });
    if (state.sort === "doubt") shown.sort((a, b) => cards[b].doubt - cards[a].doubt || a - b);
    $("list").replaceChildren(...shown.map(article));
    const all = shown.length === cards.length;
    $("count").textContent = all ? plural(cards.length, "figure") : `${shown.length.toLocaleString("en-GB")} of ${plural(cards.length, "figure")}`;
    $("reset").hidden = Object.keys(tests).every((key) => !state[key]) && !state.q;
    $("nothing").hidden = shown.length > 0 || !cards.length;
    if (!shown.includes(current)) current = -1;
  };

  const options = (id, every, counted, label = (value) => value) => {
    const entries = [...counted].sort((a, b) => label(a[0]).localeCompare(label(b[0])));
    $(id).append(make("option", { value: "" }, every));
    for (const [value, count] of entries) $(id).append(make("option", { value }, `${label(value)} (${count})`));
  };
  const count = (values) => values.reduce((all, value) => all.set(value, (all.get(value) || 0) + 1), new Map());

  const offer = () => {
    const doubted = cards.filter((card) => card.failed || card.codes.length).length;
    options("doc", "all", count(cards.map((card) => docs[card.doc].name)));
    options("kind", "all", count(cards.map((card) => card.label)));
    options("by", "in any way", count(cards.map((card) => card.by)), (value) => readers[value]);
    options("flag", "with or without", count(cards.flatMap((card) => card.codes)), spaced);
    $("flag").options[0].after(make("option", { value: "any" }, `with doubts (${doubted})`), make("option", { value: "none" }, `without doubts (${cards.length - doubted})`));
  };

  // -- the address: filters and the chart one is at ----------------------------------------------------

  const writeAddress = () => {
    const parts = Object.entries(state).filter(([key, value]) => value !== STATE[key]);
    if (current >= 0) parts.push(["chart", name(cards[current])]);
    const hash = new URLSearchParams(parts).toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  };

  const readAddress = () => {
    const parts = new URLSearchParams(location.hash.slice(1));
    state = Object.fromEntries(Object.keys(STATE).map((key) => [key, parts.get(key) ?? STATE[key]]));
    const unknown = Object.keys(STATE).filter((key) => {
      $(key).value = state[key];
      return $(key).value !== state[key];
    });
    for (const key of unknown) $(key).value = state[key] = STATE[key];
    choose();
    const chart = cards.findIndex((card) => name(card) === parts.get("chart"));
    if (chart < 0) return;
    if (!shown.includes(chart)) showAll();
    go(chart);
  };

  const changed = () => {
    for (const key of Object.keys(STATE)) state[key] = $(key).value;
    choose();
    writeAddress();
    if ($("charts").getBoundingClientRect().top < 0) $("charts").scrollIntoView();
  };

  const showAll = () => {
    for (const key of Object.keys(STATE)) if (key !== "sort") $(key).value = STATE[key];
    changed();
  };

  // -- going about -------------------------------------------------------------------------------------

  const go = (number) => {
    current = number;
    const element = article(number);
    fill(element);
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "start" });
    writeAddress();
  };

  const step = (by) => {
    if (!shown.length) return;
    const place = shown.indexOf(current);
    const first = shown.findIndex((number) => article(number).getBoundingClientRect().bottom > $("filters").offsetHeight);
    const next = place < 0 ? Math.max(first, 0) : Math.min(Math.max(place + by, 0), shown.length - 1);
    go(shown[next]);
  };

  let fading = 0;
  const say = (text) => {
    $("toast").textContent = text;
    $("toast").classList.add("shown");
    clearTimeout(fading);
    fading = setTimeout(() => $("toast").classList.remove("shown"), 2500);
  };

  // A spreadsheet runs a cell that begins so; the CSV files are guarded alike.
  const FORMULA = /^(?:[=@\t\r]|[+-](?![\d.,\s]*[\d%]\s*$))/;
  const plain = (text) => (FORMULA.test(text) ? `'${text}` : text);

  const copy = async (number) => {
    const [, , , , columns, rows, total] = JSON.parse(line(number));
    if (!rows.length) return;
    const text = [columns, ...rows].map((row) => row.map((one) => plain(one).replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", { "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say(rows.length < total ? `Copied ${rows.length} of ${plural(total, "row")}; the CSV has all` : `Copied ${plural(rows.length, "row")}`);
  };

  const save = (number) => {
    const [, , , , columns, rows] = JSON.parse(line(number));
    const text = [columns, ...rows].map((row) => row.map((one) => `"${plain(one).replaceAll('"', '""')}"`).join(",") + "\n").join("");
    const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    make("a", { href, download: `${cards[number].id}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  };

  $("list").addEventListener("click", (event) => {
    const element = event.target.closest(".card");
    if (event.target.closest(".copy")) copy(numberOf(element));
    if (event.target.closest(".save")) save(numberOf(element));
  });
  $("list").addEventListener("focusin", (event) => {
    current = numberOf(event.target.closest(".card"));
  });

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    "/": () => $("q").focus(),
    "?": () => $("help").showModal(),
    c: () => current >= 0 && copy(current),
    o: () => current >= 0 && article(current).querySelector("a.source")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
    const typing = event.target.closest("input, select, textarea");
    if (typing && event.key === "Escape") return typing.blur();
    if (typing || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  let waiting = 0;
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, event.target.id === "q" ? 150 : 0);
  });
  $("filters").addEventListener("reset", (event) => {
    event.preventDefault();
    showAll();
  });
  $("again").addEventListener("click", showAll);
  $("keys").addEventListener("click", () => $("help").showModal());
  window.addEventListener("hashchange", readAddress);

  const printed = () => {
    for (const number of shown) fill(article(number));
    for (const image of document.images) image.loading = "eager";
  };
  window.addEventListener("beforeprint", printed);
  matchMedia("print").addEventListener("change", (print) => print.matches && printed());

  // -- the summary -------------------------------------------------------------------------------------

  const sumUp = () => {
    $("lead").textContent = summary.lead;
    for (const [value, label, kind] of summary.tiles) {
      $("tiles").append(make("li", { class: kind }, make("b", {}, value.toLocaleString("en-GB")), make("span", {}, label)));
    }
    $("notice").textContent = summary.notice;
    $("notice").hidden = !summary.notice;
    $("empty").hidden = cards.length > 0;
    $("filters").hidden = !cards.length;
    $("failures").hidden = !failures.length;
    $("failures-title").textContent = `${plural(failures.length + more_failures, "thing")} could not be read: what, and what to do`;
    for (const [place, message, cure] of failures) {
      $("failures-list").append(make("li", { dir: "auto" }, make("b", {}, place), place ? ": " : "", message, cure ? make("small", {}, cure) : null));
    }
    if (more_failures) $("failures-list").append(make("li", {}, `and ${more_failures} more, in run.json`));
    $("footer").append(summary.footer, " ", make("a", { href: "run.json" }, "run.json"), ...(summary.csv ? [" ", make("a", { href: "charts.csv" }, "charts.csv")] : []));
  };

  sumUp();
  offer();
  readAddress();
  const measure = () => document.documentElement.style.setProperty("--bar", `${getComputedStyle($("filters")).position === "sticky" ? $("filters").offsetHeight : 0}px`);
  measure();
  window.addEventListener("resize", measure);
  document.documentElement.dataset.ready = "1";
})();
