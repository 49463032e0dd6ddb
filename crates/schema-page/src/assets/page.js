// Draws the page from the data in it. Every text becomes a text node, never markup, so that no name and no comment can
// be anything else than shown.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const tables = data.tables, objects = data.objects;
  const SVG = "http://www.w3.org/2000/svg";
  const HEAD = 26, LINE = 18;
  // From this scale on a box shows its lines; below, its name fills it.
  const READABLE = 0.45;
  const $ = (id) => document.getElementById(id);
  const svg = $("picture"), found = $("found"), search = $("search"), details = $("details");

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value != null) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child != null));
    return element;
  };
  const draw = (name, attributes = {}, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
    if (text != null) element.textContent = text;
    return element;
  };
  const number = new Intl.NumberFormat(data.locale).format;
  const units = (text) => { let sum = 0; for (const letter of text) sum += letter.codePointAt(0) < 0x1100 ? 1 : 2; return sum; };
  // A name may not fit its box: then it is cut, and the whole one is its title.
  const cut = (text, most) => {
    if (units(text) <= most) return text;
    let kept = "", sum = 0;
    for (const letter of text) { sum += letter.codePointAt(0) < 0x1100 ? 1 : 2; if (sum > most - 1) break; kept += letter; }
    return kept + "…";
  };

  // Neighbours, in both directions.
  const near = tables.map(() => new Set());
  const edges = [];
  tables.forEach((table, child) => (table.keys || []).forEach((key) => {
    if (key.target == null) return;
    edges.push({ child, parent: key.target, key });
    if (key.target !== child) { near[child].add(key.target); near[key.target].add(child); }
  }));

  // ---- The picture --------------------------------------------------------------------------------------------------
  const scene = draw("g");
  const frameLayer = draw("g"), edgeLayer = draw("g"), tableLayer = draw("g");
  scene.append(frameLayer, edgeLayer, tableLayer);
  svg.append(scene);
  let camera = { x: 0, y: 0, scale: 1 };
  let shown = [], places = new Map(), nodes = new Map(), lines = [], frames = [];
  // A table, or something beside tables, is chosen; never both.
  let current = null, thing = null, focused = null, distance = 1;
  // The viewpoint that is shown; none for the whole schema.
  const viewpoints = data.viewpoints || [];
  let viewpoint = null;

  const seen = (one) => new Map(one.tables.map((place) => [place.at, place]));
  const whole = () => viewpoint != null ? seen(viewpoints[viewpoint]) : new Map(tables.map((table, at) => [at, { x: table.x, y: table.y, width: table.width, height: table.height, lines: table.lines }]));

  const render = () => {
    places = focused == null ? whole() : around(focused, distance);
    shown = [...places.keys()];
    frames = focused == null && viewpoint == null && data.groups.length > 1 ? data.groups : [];
    // Titles lie above all frames: seen from afar they are larger than what is between two.
    const titles = frames.map((frame) => {
      const title = draw("text", { class: "frame-title", x: frame.x + 16, y: frame.y + 28, "font-size": 20 }, frame.name || words.others);
      frame.title = title;
      return title;
    });
    frameLayer.replaceChildren(...frames.map((frame) => draw("rect", { class: "frame", x: frame.x, y: frame.y, width: frame.width, height: frame.height, rx: 12 })), ...titles);
    lines = edges.filter((edge) => places.has(edge.child) && places.has(edge.parent)).map((edge) => {
      const path = draw("path", { class: edge.key.by_name ? "edge by-name" : "edge", d: way(edge), "marker-start": edge.key.unique ? "url(#one)" : "url(#many)", "marker-end": edge.key.optional ? "url(#maybe)" : "url(#one)" });
      if (focused == null && viewpoint == null && tables[edge.child].group !== tables[edge.parent].group) path.classList.add("far");
      path.append(draw("title", {}, `${tables[edge.child].name} (${edge.key.columns.join(", ")}) → ${tables[edge.parent].name}${edge.key.by_name ? `, ${words.by_name}` : ""}`));
      return { ...edge, path };
    });
    edgeLayer.replaceChildren(...lines.map((line) => line.path));
    nodes = new Map(shown.map((at) => [at, box(at)]));
    tableLayer.replaceChildren(...[...nodes.values()].map((node) => node.element));
    mark();
  };

  // A box with its name; its lines are made when somebody can read them.
  const box = (at) => {
    const table = tables[at], place = places.get(at);
    const element = draw("g", { class: `table ${table.mark || ""}`, transform: `translate(${place.x} ${place.y})`, tabindex: -1, role: "button", "aria-label": table.name, "data-table": at });
    const name = draw("text", { class: "name", x: 10, y: 18 }, cut(table.name, Math.floor((place.width - 16) / 8)));
    element.append(draw("title", {}, table.comment ? `${table.name}\n${table.comment}` : table.name),
      draw("rect", { class: "box", width: place.width, height: place.height, rx: 6 }),
      draw("rect", { class: "head", x: 1.5, y: 1.5, width: place.width - 3, height: HEAD - 3, rx: 5 }), name);
    return { element, name, lines: null, place };
  };
  const columnLines = (at, place) => {
    const table = tables[at];
    const group = draw("g");
    place.lines.forEach((column, row) => {
      const one = table.columns[column];
      const y = HEAD + row * LINE + 14;
      const key = one.primary ? "PK" : one.leads === "key" ? "FK" : "";
      if (key) group.append(draw("text", { class: "key", x: 8, y: y - 1 }, key));
      const room = Math.floor((place.width - 44) / 7);
      const type = cut(one.type, 18);
      group.append(draw("text", { class: one.mark, x: 28, y }, cut(one.name, Math.max(room - units(type), 6))),
        draw("text", { class: "type", x: place.width - 8, y, "text-anchor": "end" }, type));
    });
    if (place.lines.length < table.columns.length) {
      group.append(draw("text", { class: "type", x: 28, y: HEAD + place.lines.length * LINE + 14 }, `… ${table.columns.length - place.lines.length}`));
    }
    return group;
  };

  // The way of a line: from the column in the child to the head of the parent, on the sides that face each other.
  const way = ({ child, parent, key }) => {
    const from = places.get(child), to = places.get(parent);
    const row = from.lines.findIndex((column) => tables[child].columns[column].name === key.columns[0]);
    const y1 = from.y + (row < 0 ? HEAD / 2 : HEAD + row * LINE + 9), y2 = to.y + HEAD / 2;
    if (child === parent) {
      const x = from.x + from.width;
      return `M${x} ${y1} C${x + 46} ${y1} ${x + 46} ${y2} ${x} ${y2}`;
    }
    let x1, x2, side1, side2;
    if (from.x >= to.x + to.width) { x1 = from.x; x2 = to.x + to.width; side1 = -1; side2 = 1; }
    else if (to.x >= from.x + from.width) { x1 = from.x + from.width; x2 = to.x; side1 = 1; side2 = -1; }
    else { x1 = from.x; x2 = to.x; side1 = -1; side2 = -1; }
    const bend = Math.max(30, Math.min(Math.abs(x2 - x1) / 2, 160));
    return `M${x1} ${y1} C${x1 + side1 * bend} ${y1} ${x2 + side2 * bend} ${y2} ${x2} ${y2}`;
  };

  // The neighbours of a table: who it points to stands to its left, who points to it to its right, by distance; a column
  // that is too tall is folded.
  const around = (middle, most) => {
    const level = new Map([[middle, 0]]), side = new Map([[middle, 0]]);
    let rim = [middle];
    for (let step = 1; step <= most; step++) {
      const next = [];
      for (const at of rim) {
        const parents = new Set((tables[at].keys || []).map((key) => key.target));
        for (const other of near[at]) {
          if (level.has(other)) continue;
          level.set(other, step);
          side.set(other, side.get(at) || (parents.has(other) ? -1 : 1));
          next.push(other);
        }
      }
      rim = next;
    }
    const columns = new Map();
    for (const [at, step] of level) {
      const column = step * side.get(at);
      if (!columns.has(column)) columns.set(column, []);
      columns.get(column).push(at);
    }
    // Of many neighbours the columns that lead to others are enough: then their names can be read.
    const many = level.size > 8;
    const size = (at) => {
      const table = tables[at];
      const all = at === middle || !many;
      const rows = table.columns.map((_, column) => column).filter((column) => all || table.columns[column].primary || table.columns[column].leads).slice(0, all ? 60 : 8);
      const widest = Math.max(0, ...rows.map((column) => (units(table.columns[column].name) + Math.min(units(table.columns[column].type), 18)) * 7 + 52));
      return { lines: rows, width: Math.min(460, Math.max(110, units(table.name) * 8 + 28, widest)), height: HEAD + (rows.length + (rows.length < table.columns.length ? 1 : 0)) * LINE + 6 };
    };
    const sizes = new Map([...level.keys()].map((at) => [at, size(at)]));
    const order = [...columns.keys()].sort((one, other) => one - other);
    for (const members of columns.values()) members.sort((one, other) => one - other);
    // Columns are folded where they are taller than this.
    const folded = (tallest) => {
      const placed = new Map();
      let x = 0, top = 0;
      for (const column of order) {
        const parts = [[]];
        let filled = 0;
        for (const at of columns.get(column)) {
          const height = sizes.get(at).height + 24;
          if (filled > 0 && filled + height > tallest) { parts.push([]); filled = 0; }
          parts[parts.length - 1].push(at);
          filled += height;
        }
        for (const part of parts) {
          const height = part.reduce((sum, at) => sum + sizes.get(at).height + 24, -24);
          let y = -height / 2, width = 0;
          for (const at of part) {
            placed.set(at, { x, y, ...sizes.get(at) });
            y += sizes.get(at).height + 24;
            width = Math.max(width, sizes.get(at).width);
          }
          x += width + 90;
          top = Math.max(top, height);
        }
      }
      return { placed, width: x - 90, height: top };
    };
    // Of several foldings the one that fills the window best.
    const { width, height } = svg.getBoundingClientRect();
    let best = null;
    for (let tallest = 400; tallest < 40000; tallest *= 1.3) {
      const one = folded(tallest);
      const scale = Math.min(width / one.width, height / one.height);
      if (!best || scale > best.scale) best = { ...one, scale };
    }
    return best.placed;
  };

  const mark = () => {
    svg.classList.toggle("chosen", current != null);
    $("focus").disabled = current == null && focused == null;
    const lit = current != null ? near[current] : thing != null ? new Set(tablesOf(thing)) : new Set();
    for (const [at, node] of nodes) {
      node.element.classList.toggle("current", at === current);
      node.element.classList.toggle("near", lit.has(at));
    }
    for (const line of lines) {
      const touches = current != null && (line.child === current || line.parent === current);
      line.path.classList.toggle("near", touches);
      if (touches) edgeLayer.append(line.path);
    }
  };

  // ---- Moving -------------------------------------------------------------------------------------------------------
  let waiting = false;
  // While the page is printed: whether the lines of boxes can be read there.
  let printed = null;
  const move = () => {
    scene.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.scale})`);
    if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; detail(); }); }
  };
  // A name in as many lines as let it be largest, parted behind its words.
  const filling = (text, width, height) => {
    const words = text.split(/(?<=[_.])(?=.)/);
    let best = null;
    for (let count = 1; count <= Math.min(4, words.length); count++) {
      const most = Math.max(units(text) / count, ...words.map(units));
      const lines = [""];
      for (const word of words) {
        const last = lines[lines.length - 1];
        if (last && units(last) + units(word) > most + 2) lines.push(word);
        else lines[lines.length - 1] += word;
      }
      const size = Math.min(width / Math.max(...lines.map(units)) * 1.5, height / (lines.length * 1.1), 40);
      if (!best || size > best.size * 1.1) best = { lines, size };
    }
    return best;
  };
  // What can be read is there; what can't isn't.
  const detail = () => {
    const { width, height } = svg.getBoundingClientRect();
    const readable = printed ?? camera.scale >= READABLE;
    for (const [at, node] of nodes) {
      const { place } = node;
      const left = place.x * camera.scale + camera.x, top = place.y * camera.scale + camera.y;
      const visible = printed != null || left < width && top < height && left + place.width * camera.scale > 0 && top + place.height * camera.scale > 0;
      if (readable && visible && !node.lines) node.element.append(node.lines = columnLines(at, place));
      else if (!readable && node.lines) { node.lines.remove(); node.lines = null; }
      if (node.readable !== readable) {
        node.readable = readable;
        const text = tables[at].name;
        node.name.setAttribute("text-anchor", readable ? "start" : "middle");
        if (readable) {
          node.name.setAttribute("x", 10);
          node.name.setAttribute("y", 18);
          node.name.style.fontSize = "";
          node.name.textContent = cut(text, Math.floor((place.width - 16) / 8));
        } else {
          const { lines, size } = filling(text, place.width - 8, place.height - 6);
          node.name.style.fontSize = `${size}px`;
          const top = place.height / 2 + size * (0.35 - (lines.length - 1) * 0.525);
          node.name.replaceChildren(...lines.map((line, row) => draw("tspan", { x: place.width / 2, y: top + row * size * 1.05 }, line)));
        }
      }
    }
    for (const frame of frames) {
      const name = frame.name || words.others;
      const size = Math.max(20, Math.min(15 / camera.scale, (frame.width - 32) / Math.max(units(name), 4) * 1.6));
      frame.title.setAttribute("font-size", size);
      // A title that is larger than its room stands in the frame's middle, above the boxes, with a rim of the ground.
      frame.title.setAttribute("y", frame.y + 10 + Math.min(size * 0.85, 24));
    }
  };
  const extent = (list) => {
    let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
    for (const one of list) {
      left = Math.min(left, one.x); top = Math.min(top, one.y);
      right = Math.max(right, one.x + one.width); bottom = Math.max(bottom, one.y + one.height);
    }
    return { left, top, width: right - left, height: bottom - top };
  };
  const fit = (list = [...places.values(), ...frames], most = 1.25) => {
    const { width, height } = svg.getBoundingClientRect();
    if (list.length === 0 || width === 0) return;
    const area = extent(list);
    const scale = Math.min(most, (width - 40) / area.width, (height - 40) / area.height);
    camera = { scale, x: (width - area.width * scale) / 2 - area.left * scale, y: (height - area.height * scale) / 2 - area.top * scale };
    move();
  };
  const zoom = (factor, x, y) => {
    const { width, height } = svg.getBoundingClientRect();
    x ??= width / 2; y ??= height / 2;
    const scale = Math.min(4, Math.max(0.01, camera.scale * factor));
    camera = { scale, x: x - (x - camera.x) * scale / camera.scale, y: y - (y - camera.y) * scale / camera.scale };
    move();
  };
  const show = (at) => {
    const place = places.get(at);
    if (!place) return;
    const { width, height } = svg.getBoundingClientRect();
    const scale = Math.max(camera.scale, Math.min(0.9, (width - 40) / place.width));
    camera = { scale, x: width / 2 - (place.x + place.width / 2) * scale, y: Math.max(height / 2 - (place.y + place.height / 2) * scale, 30 - place.y * scale - Math.max(0, place.height * scale - height)) };
    move();
  };
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { left, top } = svg.getBoundingClientRect();
    if (event.shiftKey) { camera.x -= event.deltaY + event.deltaX; move(); return; }
    const lines = event.deltaMode === 1 ? 20 : 1;
    zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX - left, event.clientY - top);
  }, { passive: false });
  const pointers = new Map();
  let moved = 0;
  svg.addEventListener("pointerdown", (event) => { pointers.set(event.pointerId, [event.clientX, event.clientY]); moved = 0; });
  addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const next = [event.clientX, event.clientY];
    const dx = next[0] - last[0], dy = next[1] - last[1];
    moved += Math.abs(dx) + Math.abs(dy);
    if (moved < 4) return;
    svg.classList.add("moving");
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const before = Math.hypot(last[0] - other[0], last[1] - other[1]), after = Math.hypot(next[0] - other[0], next[1] - other[1]);
      const { left, top } = svg.getBoundingClientRect();
      if (before > 0) zoom(after / before, (next[0] + other[0]) / 2 - left, (next[1] + other[1]) / 2 - top);
    } else { camera.x += dx; camera.y += dy; move(); }
    pointers.set(event.pointerId, next);
  });
  const release = (event) => { pointers.delete(event.pointerId); svg.classList.remove("moving"); };
  addEventListener("pointerup", release);
  addEventListener("pointercancel", release);
  svg.addEventListener("click", (event) => {
    if (moved >= 4) return;
    const node = event.target.closest(".table");
    choose(node ? Number(node.dataset.table) : null);
  });
  svg.addEventListener("dblclick", (event) => {
    const node = event.target.closest(".table");
    if (node) focus(Number(node.dataset.table));
  });

  // ---- What is chosen -----------------------------------------------------------------------------------------------
  // Shows more, until these tables are there: all neighbours, or all of the schema.
  const widen = (wanted) => {
    focused = null;
    $("focus").setAttribute("aria-pressed", "false");
    if (viewpoint != null && !wanted.every((at) => seen(viewpoints[viewpoint]).has(at))) { view(null); return; }
    render();
  };
  // Shows a viewpoint, or everything.
  const view = (next) => {
    viewpoint = next;
    focused = null;
    $("focus").setAttribute("aria-pressed", "false");
    if (chooser) chooser.value = next ?? "";
    about.textContent = next == null ? "" : viewpoints[next].text || "";
    if (current != null && next != null && !seen(viewpoints[next]).has(current)) { current = null; describe(null); }
    look();
    render();
    fit();
    keep();
  };
  const choose = (at, { go = false, column = null } = {}) => {
    current = at;
    thing = null;
    if (at != null && !places.has(at)) widen([at]);
    mark();
    describe(at, column);
    if (at != null && go) show(at);
    keep();
  };
  // Of a view or a function the tables are shown that it speaks of.
  const tablesOf = (object) => (objects[object].uses || []).filter((target) => "table" in target).map((target) => target.table);
  const chooseObject = (object, { go = false } = {}) => {
    thing = object;
    current = null;
    const wanted = tablesOf(object);
    if (go && !wanted.every((at) => places.has(at))) widen(wanted);
    mark();
    describeObject(object);
    const shown = wanted.map((at) => places.get(at)).filter(Boolean);
    if (go && shown.length) fit(shown, 0.9);
    keep();
  };
  const focus = (at) => {
    focused = at;
    if (at != null) { current = at; thing = null; }
    // First, for it takes room from the picture.
    if (thing == null) describe(current);
    render();
    fit();
    $("focus").setAttribute("aria-pressed", at != null);
    keep();
  };
  // The address says what is shown, so that a link to it can be sent.
  const keep = () => {
    const parts = [];
    if (current != null) parts.push(`table=${encodeURIComponent(tables[current].name)}`);
    if (thing != null) parts.push(`object=${encodeURIComponent(titleOf(objects[thing]))}`);
    if (focused != null) parts.push(`distance=${distance}`);
    if (viewpoint != null) parts.push(`viewpoint=${encodeURIComponent(viewpoints[viewpoint].name)}`);
    try { history.replaceState(null, "", `#${parts.join("&")}`); } catch { /* Some viewers of files forbid it. */ }
  };
  const restore = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const at = tables.findIndex((table) => table.name === wanted.get("table"));
    const object = objects.findIndex((one) => titleOf(one) === wanted.get("object"));
    const part = viewpoints.findIndex((one) => one.name === wanted.get("viewpoint"));
    if (part >= 0 ? part !== viewpoint : viewpoint != null) view(part >= 0 ? part : null);
    if (part >= 0 && at < 0 && object < 0) return true;
    if (object >= 0) { fit(); chooseObject(object, { go: true }); return true; }
    if (at < 0) return false;
    fit();
    if (wanted.has("distance")) {
      distance = Math.min(4, Math.max(1, Number(wanted.get("distance")) || 1));
      $("distance").value = distance;
      focus(at);
    } else choose(at, { go: true });
    return true;
  };

  // ---- Details ------------------------------------------------------------------------------------------------------
  const titleOf = (object) => `${object.kind} ${object.name}`.trim();
  const toObject = (object) => make("a", { href: `#object=${encodeURIComponent(titleOf(objects[object]))}`, on: { click: (event) => { event.preventDefault(); chooseObject(object, { go: true }); } } }, objects[object].name || words.further);
  const toTarget = (target) => "table" in target ? toTable(target.table, tables[target.table].name) : toObject(target.object);
  const kindOf = (target) => "table" in target ? words.kind_table : objects[target.object].kind;
  // Links with their kinds, each in its line.
  const linkList = (title, targets) => targets.length === 0 ? [] : part(title, make("ul", { class: "links" }, ...targets.map((target) => make("li", {}, make("span", { class: "soft" }, `${kindOf(target)} `), toTarget(target)))));
  const same = (one, other) => one.table === other.table && one.object === other.object;
  // Who speaks of something.
  const usersOf = (target) => {
    const users = [];
    tables.forEach((table, at) => {
      const uses = [...(table.uses || []), ...table.columns.flatMap((column) => column.uses || []), ...(table.triggers || []).flatMap((trigger) => trigger.uses || [])];
      if (target.table !== at && uses.some((one) => same(one, target))) users.push({ table: at });
    });
    objects.forEach((object, at) => { if ((object.uses || []).some((one) => same(one, target))) users.push({ object: at }); });
    return users;
  };
  const typeOf = (column) => {
    const type = (column.uses || []).find((target) => "object" in target && column.type.replace(/\[\]$/, "").replaceAll('"', "") === objects[target.object].name);
    return type ? make("code", {}, make("a", { href: `#object=${encodeURIComponent(titleOf(objects[type.object]))}`, on: { click: (event) => { event.preventDefault(); chooseObject(type.object, { go: true }); } } }, column.type)) : code(column.type);
  };
  const toTable = (at, name) => at == null ? document.createTextNode(name)
    : make("a", { href: `#table=${encodeURIComponent(name)}`, on: { click: (event) => { event.preventDefault(); choose(at, { go: true }); } } }, name);
  // Long names break behind their words.
  const broken = (text) => text.split(/(?<=_)(?=.)/).flatMap((word, at) => at ? [make("wbr"), word] : [word]);
  const code = (text) => text ? make("code", {}, ...broken(text)) : "";
  // A value of a row: in one line, and cut where it is long; all of it is its title.
  const value = (text, size = "") => make("code", { class: `narrow ${size}`, title: text }, text || "''");
  // A column in which nothing stands is left out.
  const list = (heads, rows, all = false) => {
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows));
    for (let at = heads.length - 1; at > 0; at--) {
      if (all || rows.some((row) => row.cells[at].hasChildNodes() && (row.cells[at].textContent || row.cells[at].firstElementChild))) continue;
      for (const row of table.rows) row.cells[at]?.remove();
    }
    return make("div", { class: "wide" }, table);
  };
  const row = (...cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
  const part = (title, ...content) => [make("h3", {}, title), ...content];

  const closing = () => make("button", { type: "button", class: "close", "aria-label": words.close, title: "Esc", on: { click: () => choose(null) } }, "×");
  const describe = (at, column) => {
    details.hidden = at == null;
    if (at == null) { details.replaceChildren(); return; }
    const table = tables[at];
    const content = [closing(), make("h2", {}, ...broken(table.name))];
    if (table.mark) content.push(make("p", { class: `mark ${table.mark}` }, table.was ? `${words[table.mark]} (${words.renamed_from} ${table.was})` : words[table.mark]));
    if (table.comment) content.push(make("p", {}, table.comment));
    const facts = [];
    if (table.rows != null) facts.push(`${words.rows}: ${number(table.rows)}`);
    if (data.groups.length > 1) facts.push(`${words.group}: ${data.groups[table.group].name || words.others}`);
    if (table.place) facts.push(`${table.place[0]}:${table.place[1]}`);
    const parts = viewpoints.filter((one) => one.tables.some((place) => place.at === at));
    if (parts.length) facts.push(`${words.viewpoints}: ${parts.map((one) => one.name).join(", ")}`);
    if (table.labels) facts.push(`${words.marked}: ${table.labels.join(", ")}`);
    if (facts.length) content.push(make("p", { class: "soft" }, facts.join(" · ")));
    const logical = table.columns.some((one) => one.logical);
    content.push(...part(words.columns, list(
      [words.column, ...(logical ? [words.logical_name] : []), words.type_name, words.null, words.default, words.remarks],
      table.columns.map((one) => {
        const keys = [one.primary ? "PK" : "", one.leads === "key" ? "FK" : ""].filter(Boolean).join(" ");
        const line = make("tr", { class: one.name === column ? "hit" : false },
          make("td", { class: one.mark }, ...broken(one.name), keys ? make("span", { class: "soft" }, ` ${keys}`) : null),
          ...(logical ? [make("td", {}, one.logical || "")] : []),
          make("td", {}, typeOf(one)), make("td", {}, one.nullable ? words.yes : ""), make("td", {}, code(one.value)), make("td", {}, (logical ? one.remark : one.comment) || "", ...(one.labels || []).map((label) => make("span", { class: "label" }, label)), one.was ? make("div", { class: "soft" }, `${words.old}: ${one.was}`) : null));
        return line;
      }))));
    if (table.keys) content.push(...part(words.keys_out, list([words.columns, words.references, words.actions],
      table.keys.map((key) => row(code(key.columns.join(", ")), make("span", {}, toTable(key.target, key.table), " ", code(key.to.join(", "))), key.by_name ? words.by_name : code(key.actions))))));
    const referrers = edges.filter((edge) => edge.parent === at);
    if (referrers.length) content.push(...part(words.keys_in, list([words.table, words.columns, words.actions],
      referrers.map((edge) => row(toTable(edge.child, tables[edge.child].name), code(edge.key.columns.join(", ")), edge.key.by_name ? words.by_name : code(edge.key.actions))))));
    if (table.indexes) content.push(...part(words.indexes, list([words.index, words.definition, words.unique],
      table.indexes.map((index) => row(code(index[0]), code(index[1]), index[2])))));
    if (table.checks) content.push(...part(words.checks, list([words.check, words.definition],
      table.checks.map((check) => row(code(check[0]), code(check[1]))))));
    if (table.triggers) content.push(...part(words.triggers, ...table.triggers.flatMap((trigger) => [
      make("p", {}, make("strong", {}, trigger.name), trigger.place ? make("span", { class: "soft" }, ` ${trigger.place[0]}:${trigger.place[1]}`) : null),
      make("pre", {}, trigger.sql),
      ...(trigger.uses ? [make("p", { class: "soft" }, `${words.uses}: `, ...trigger.uses.flatMap((one, at) => [at ? ", " : "", toTarget(one)]))] : [])])));
    content.push(...linkList(words.used_by, usersOf({ table: at }).filter((user) => "object" in user)));
    if (table.partitions) content.push(...part(words.partitions, ...table.partitions.map((one) => make("p", {}, code(one)))));
    if (table.options) content.push(...part(words.options, make("pre", {}, table.options)));
    if (table.changes) content.push(...part(words.changes, list(["", words.name, words.old, words.new],
      table.changes.map((change) => row(change[0], change[1], code(change[2]), code(change[3]))))));
    const made = table.columns.filter((one) => one.why);
    if (made.length) content.push(...part(words.made, list([words.column, ""], made.map((one) => row(one.name, one.why)))));
    if (table.spread) content.push(...part(words.values, list([words.column, "", words.nulls, words.distinct, words.range, words.frequent],
      table.spread.map((one) => spread(one, table.rows)))));
    if (table.examples) content.push(...part(words.examples, list(table.example_columns,
      table.examples.map((example) => make("tr", {}, ...example.map((one) => make("td", { class: one == null ? "soft" : false }, one == null ? "NULL" : value(one))))), true)));
    details.replaceChildren(...content);
    details.scrollTop = 0;
    details.querySelector("tr.hit")?.scrollIntoView({ block: "center" });
  };

  const describeObject = (at) => {
    const object = objects[at];
    details.hidden = false;
    const content = [closing(), make("h2", {}, ...broken(object.name || words.further))];
    if (object.mark) content.push(make("p", { class: `mark ${object.mark}` }, words[object.mark]));
    const facts = [object.kind];
    if (object.place) facts.push(`${object.place[0]}:${object.place[1]}`);
    content.push(make("p", { class: "soft" }, facts.filter(Boolean).join(" · ")));
    if (object.comment) content.push(make("p", {}, object.comment));
    if (object.labels) content.push(...part(words.labels, make("ul", { class: "links" }, ...object.labels.map((label) => make("li", {}, code(label) || code("''"))))));
    if (object.columns) content.push(...part(words.columns, list([words.column, words.type_name, words.remarks], object.columns.map((one) => row(one.name, typeOf(one), one.comment || "")))));
    if (object.indexes) content.push(...part(words.indexes, list([words.index, words.definition, words.unique], object.indexes.map((index) => row(code(index[0]), code(index[1]), index[2])))));
    content.push(...linkList(words.uses, object.uses || []), ...linkList(words.used_by, usersOf({ object: at })));
    if (object.sql) content.push(...part(words.definition, ...object.sql.map((sql) => make("pre", {}, sql))));
    if (object.was) content.push(...part(words.old, make("pre", {}, object.was)));
    details.replaceChildren(...content);
    details.scrollTop = 0;
  };

  // One bar: the most frequent values each with its share, the rest, and what is null left free.
  const spread = (one, rows) => {
    const bar = make("div", { class: "bar", role: "img", "aria-label": `${words.nulls} ${one.nulls} / ${rows}` });
    const share = (count, name, title) => {
      if (!(count > 0)) return;
      const piece = make("i", { class: name, title });
      piece.style.width = `${count / rows * 100}%`;
      bar.append(piece);
    };
    let counted = 0;
    for (const [value, count] of one.frequent) { share(count, false, `${value}: ${number(count)}`); counted += count; }
    share(rows - one.nulls - counted, "rest", number(rows - one.nulls - counted));
    share(one.nulls, "null", `NULL: ${number(one.nulls)}`);
    return make("tr", {}, make("td", {}, ...broken(one.name)), make("td", {}, bar), make("td", { class: "number" }, number(one.nulls)),
      make("td", { class: "number" }, one.distinct),
      make("td", {}, ...(one.least == null ? [] : [one.least, one.greatest].slice(one.least === one.greatest ? 1 : 0).map((end) => make("div", { class: "line" }, value(end, "short"))))),
      make("td", {}, ...one.frequent.slice(0, 3).map(([one, count]) => make("div", { class: "line" }, value(one, "short"), make("span", { class: "soft" }, ` × ${number(count)}`)))));
  };

  // ---- Search -------------------------------------------------------------------------------------------------------
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  let haystack = null;
  const stacks = () => haystack ??= tables.map((table) => ({
    name: plain(table.name), comment: plain([table.comment || "", ...(table.labels || [])].join("\n")),
    columns: table.columns.map((column) => ({ name: plain(column.name), comment: plain([column.comment || "", ...(column.labels || [])].join("\n")) })),
    triggers: (table.triggers || []).map((trigger) => plain(trigger.name)),
  }));
  let objectStack = null;
  const objectStacks = () => objectStack ??= objects.map((object) => ({ name: plain(object.name), comment: plain([object.comment || "", ...(object.labels || [])].join("\n")) }));
  let selected = -1, results = [];
  const look = () => {
    const wanted = plain(search.value.trim());
    results = [];
    if (!wanted) {
      const within = viewpoint == null ? null : seen(viewpoints[viewpoint]);
      const listed = data.groups.flatMap((group) => group.tables).filter((at) => !within || within.has(at));
      // On a page about a change, what it touches stands above all else.
      const touched = listed.filter((at) => tables[at].mark);
      for (const at of touched) results.push({ at, rank: 0, touched: true });
      for (const at of listed) if (!tables[at].mark) results.push({ at, rank: 0 });
      if (!within) objects.forEach((_, object) => results.push({ object, rank: 0 }));
    } else {
      stacks().forEach((stack, at) => {
        const rank = stack.name === wanted ? 0 : stack.name.startsWith(wanted) ? 1 : stack.name.includes(wanted) ? 2 : stack.comment.includes(wanted) ? 3 : 9;
        if (rank < 9) results.push({ at, rank, why: rank === 3 ? tables[at].comment : tables[at].comment || "" });
        stack.columns.forEach((column, position) => {
          const rank = column.name === wanted ? 4 : column.name.includes(wanted) ? 5 : column.comment.includes(wanted) ? 6 : 9;
          if (rank < 9) results.push({ at, rank, column: tables[at].columns[position] });
        });
      });
      stacks().forEach((stack, at) => stack.triggers.forEach((name, position) => {
        if (name.includes(wanted)) results.push({ at, rank: name === wanted ? 4 : 5, trigger: tables[at].triggers[position] });
      }));
      objectStacks().forEach((stack, object) => {
        const rank = stack.name === wanted ? 0 : stack.name.startsWith(wanted) ? 1 : stack.name.includes(wanted) ? 2 : stack.comment.includes(wanted) ? 3 : 9;
        if (rank < 9) results.push({ object, rank });
      });
      results.sort((one, other) => one.rank - other.rank || (one.at ?? tables.length + one.object) - (other.at ?? tables.length + other.object));
    }
    selected = wanted && results.length ? 0 : -1;
    const most = 400;
    const items = [];
    let group = null;
    results.slice(0, wanted ? most : results.length).forEach((result, position) => {
      const item = (...content) => items.push(make("li", { role: "option", id: `found-${position}`, "aria-selected": position === selected ? "true" : "false", "data-at": position }, ...content));
      if (result.object != null) {
        const object = objects[result.object];
        if (!wanted && group !== "objects") {
          group = "objects";
          items.push(make("li", { class: "group", role: "presentation" }, words.beside_tables));
        }
        item(make("span", { class: object.mark }, ...broken(object.name || words.further)), make("span", { class: "why" }, [object.kind, object.comment || ""].filter(Boolean).join(" · ").slice(0, 90)));
        return;
      }
      const table = tables[result.at];
      const heading = result.touched ? "changes" : results[0].touched || data.groups.length > 1 ? table.group : null;
      if (!wanted && heading !== group) {
        group = heading;
        items.push(make("li", { class: "group", role: "presentation" }, result.touched ? words.changes : data.groups[group].name || words.others));
      }
      const title = result.column ? `${table.name}.${result.column.name}` : result.trigger ? result.trigger.name : table.name;
      const why = result.column ? result.column.comment : result.trigger ? `${words.trigger} · ${table.name}` : result.why;
      item(make("span", { class: result.column ? result.column.mark : table.mark }, ...broken(title)), !wanted && table.logical ? make("span", { class: "soft" }, ` ${table.logical}`) : null, why ? make("span", { class: "why" }, why.length > 90 ? `${why.slice(0, 90)}…` : why) : null);
    });
    found.replaceChildren(...items);
    $("count").textContent = wanted ? words.results.replace("%", number(results.length)) : `${number(viewpoint == null ? tables.length : viewpoints[viewpoint].tables.length)} ${words.tables}`;
  };
  const select = (step) => {
    if (results.length === 0) return;
    document.getElementById(`found-${selected}`)?.setAttribute("aria-selected", "false");
    selected = Math.min(results.length - 1, Math.max(0, selected + step));
    const item = document.getElementById(`found-${selected}`);
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    search.setAttribute("aria-activedescendant", `found-${selected}`);
  };
  const open = () => {
    const result = results[selected];
    if (!result) return;
    // The list goes first, for it takes room from the picture there.
    if (matchMedia("(max-width:800px)").matches) search.blur();
    if (result.object != null) { chooseObject(result.object, { go: true }); return; }
    if (focused != null) focus(result.at);
    choose(result.at, { go: focused == null, column: result.column?.name });
  };
  // The list stays while it is clicked at, though on a narrow screen it is there only as long as something is searched.
  found.addEventListener("mousedown", (event) => event.preventDefault());
  found.addEventListener("click", (event) => {
    const item = event.target.closest("[data-at]");
    if (!item) return;
    select(Number(item.dataset.at) - selected);
    open();
  });
  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") select(1);
    else if (event.key === "ArrowUp") select(-1);
    else if (event.key === "Enter") open();
    else if (event.key === "Escape" && search.value) { search.value = ""; look(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // ---- Buttons and keys ---------------------------------------------------------------------------------------------
  const theme = () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  };
  const setDistance = (next) => {
    distance = Math.min(4, Math.max(1, next));
    $("distance").value = distance;
    if (focused != null) focus(focused);
  };
  const toggleFocus = () => focused != null ? focus(null) : current != null && focus(current);
  const help = $("help");
  const actions = {
    "/": () => search.focus(), f: toggleFocus, "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: () => fit(),
    "[": () => setDistance(distance - 1), "]": () => setDistance(distance + 1), t: theme, p: () => print(), "?": () => help.showModal(),
    ArrowLeft: () => { camera.x += 80; move(); }, ArrowRight: () => { camera.x -= 80; move(); },
    ArrowUp: () => { camera.y += 80; move(); }, ArrowDown: () => { camera.y -= 80; move(); },
    Escape: () => focused != null ? focus(null) : choose(null),
    n: () => step(1), N: () => step(-1),
  };
  // To the next neighbour of what is chosen.
  const step = (by) => {
    if (current == null) return choose(0, { go: true });
    const list = [...near[current]];
    if (list.length) choose(list[by > 0 ? 0 : list.length - 1], { go: true });
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  $("fit").addEventListener("click", () => fit());
  $("in").addEventListener("click", () => zoom(1.25));
  $("out").addEventListener("click", () => zoom(0.8));
  $("theme").addEventListener("click", theme);
  $("print").addEventListener("click", () => print());
  $("keys").addEventListener("click", () => help.showModal());
  $("focus").addEventListener("click", toggleFocus);
  $("distance").addEventListener("change", (event) => setDistance(Number(event.target.value)));
  // Paper has another width than the window, which only the browser knows: there the picture is scaled by its box.
  addEventListener("beforeprint", () => {
    const { left, top, width, height } = extent([...places.values(), ...frames]);
    if (!(width > 0)) return;
    svg.setAttribute("viewBox", `${left - 10} ${top - 10} ${width + 20} ${height + 20}`);
    scene.removeAttribute("transform");
    printed = Math.min(1000 / width, 640 / height) >= READABLE * 0.8;
    detail();
  });
  addEventListener("afterprint", () => { svg.removeAttribute("viewBox"); printed = null; move(); });
  addEventListener("hashchange", restore);
  addEventListener("resize", () => move());

  // A schema without viewpoints has nothing to choose from.
  const about = make("p", { id: "about-viewpoint" });
  const chooser = viewpoints.length === 0 ? null : make("select", { id: "viewpoint", "aria-label": words.viewpoints, title: words.viewpoints, on: { change: (event) => view(event.target.value === "" ? null : Number(event.target.value)) } },
    make("option", { value: "" }, words.all_tables), ...viewpoints.map((one, at) => make("option", { value: at }, one.name)));
  if (chooser) search.before(chooser, about);

  look();
  render();
  if (!restore()) fit();
  detail();
  document.documentElement.dataset.drawn = Math.round(performance.now());
})();
