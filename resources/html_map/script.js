"use strict";
(() => {
  document.documentElement.dataset.explorer = "coming"; // a page cut off before this keeps standing still
  const FACE = '"Microsoft YaHei UI","PingFang SC","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif';
  const TILE = 560; // divides by both hatch periods, so that hatching meets at the tiles' edges
  const AT_ONCE = 300;
  const NEAR = 13;
  const ON_PAPER = { across: 333, down: 408, ratio: 3, names: 120 }; // css pixels of the map on A4, dots each, letters of names
  let ratio = Math.max(1, Math.min(3, window.devicePixelRatio || 1));
  const $ = (id) => document.getElementById(id);
  const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, place) => values[place]);
  const element = (tag, text, classes) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (classes) made.className = classes;
    return made;
  };
  const make = (tag, about, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(about || {})) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const act = (text, does, classes) => {
    const made = element("button", text, classes);
    made.type = "button"; made.addEventListener("click", does);
    return made;
  };
  const whole = new Intl.NumberFormat("en-US"), shares = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const number = (value) => (Number.isInteger(value) ? whole : shares).format(value);
  const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + number(Math.abs(value));
  const percent = (value) => {
    if (value === null) return "—";
    let tenths = Math.round(value * 1000);
    if (tenths === 1000 && value < 1) tenths = 999;
    if (tenths === 0 && value > 0) tenths = 1;
    return (tenths / 10).toFixed(1) + "%";
  };

  // ---- content -------------------------------------------------------------------------------------------
  const block = JSON.parse($("registry-data").textContent);
  if (!Element.prototype.replaceChildren || !Array.prototype.at || typeof TextDecoder === "undefined") { // the still page stays, and says why
    document.documentElement.className = "";
    $("still").prepend(make("p", { id: "banner", class: "banner" }, block.old));
    document.body.dataset.ready = "still";
    return;
  }
  const bytesOf = (text) => {
    const letters = atob(text), bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
  };
  // Deflate, read at once: the browser's own way answers later, when the still page would have been seen, and its picture taken
  function inflated(text) {
    const source = bytesOf(text), lens = [], most = 15;
    let out = new Uint8Array(source.length * 5), size = 0, at = 2, hold = 0, held = 0, isLast = false;
    const bits = (count) => {
      while (held < count) { hold |= source[at++] << held; held += 8; }
      const value = hold & ((1 << count) - 1);
      hold >>>= count; held -= count;
      return value;
    };
    // canonical codes: which symbol and how many bits, for all that the next `wide` bits can be
    const book = (lengths) => {
      const wide = Math.max(1, ...lengths), symbols = new Uint16Array(1 << wide);
      for (let length = 1, code = 0; length <= wide; length++, code <<= 1) {
        lengths.forEach((own, symbol) => {
          if (own !== length) return;
          let turned = 0;
          for (let bit = 0; bit < length; bit++) turned |= (code >> bit & 1) << (length - 1 - bit);
          for (let place = turned; place < symbols.length; place += 1 << length) symbols[place] = symbol << 4 | length;
          code++;
        });
      }
      return { symbols, wide, mask: (1 << wide) - 1 };
    };
    const next = ({ symbols, wide, mask }) => {
      while (held < wide) { hold |= source[at++] << held; held += 8; }
      const found = symbols[hold & mask], length = found & most;
      hold >>>= length; held -= length;
      return found >> 4;
    };
    const room = (more) => {
      if (size + more <= out.length) return;
      const larger = new Uint8Array(Math.max(out.length * 2, size + more));
      larger.set(out); out = larger;
    };
    while (!isLast) {
      isLast = bits(1) === 1;
      const kind = bits(2);
      if (kind === 0) { // as it is
        at -= held >> 3; hold = held = 0;
        const length = source[at] | source[at + 1] << 8;
        room(length); out.set(source.subarray(at + 4, at + 4 + length), size);
        size += length; at += 4 + length;
        continue;
      }
      let letters, distances;
      if (kind === 1) {
        letters = book(Array.from({ length: 288 }, (_, n) => n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8));
        distances = book(Array(30).fill(5));
      } else {
        const [many, far, few] = [bits(5) + 257, bits(5) + 1, bits(4) + 4], own = Array(19).fill(0);
        for (const n of [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].slice(0, few)) own[n] = bits(3);
        const codes = book(own);
        lens.length = 0;
        while (lens.length < many + far) {
          const n = next(codes);
          if (n < 16) lens.push(n);
          else for (let value = n === 16 ? lens.at(-1) : 0, times = n === 16 ? 3 + bits(2) : n === 17 ? 3 + bits(3) : 11 + bits(7); times; times--) lens.push(value);
        }
        letters = book(lens.slice(0, many)); distances = book(lens.slice(many));
      }
      for (let letter = next(letters); letter !== 256; letter = next(letters)) {
        room(258);
        if (letter < 256) { out[size++] = letter; continue; }
        const n = letter - 257, more = n < 8 || n === 28 ? 0 : n - 4 >> 2;
        const length = n === 28 ? 258 : n < 8 ? n + 3 : ((4 + (n & 3)) << more) + 3 + bits(more);
        const m = next(distances), further = m < 4 ? 0 : m - 2 >> 1;
        const back = m < 4 ? m + 1 : ((2 + (m & 1)) << further) + 1 + bits(further);
        for (const end = size + length; size < end; size++) out[size] = out[size - back];
      }
    }
    return out.subarray(0, size);
  }
  const { columns, page } = JSON.parse(new TextDecoder().decode(inflated(block.tables)));
  const { words, palette: INK, bands } = page;
  const column = (cells) => { const all = cells.$ === undefined ? cells : columns[cells.$]; return Array.isArray(all) ? all : all.at.map((place) => all.of[place]); };
  const records = (raw) => {
    if (!raw) return null;
    const values = {};
    for (const [name] of raw.columns) values[name] = column(raw.values[name]);
    const spots = raw.spots ? column(raw.spots) : values.lon.map((lon, i) => lon === null ? null : [lon, values.lat[i]]);
    const initials = column(raw.initials);
    return { ...raw, values, spots, initials, count: initials.length, get: (name, i) => values[name] ? values[name][i] : null };
  };
  const figuresOf = (cells, hidden) => ({
    covered: cells[0], uncovered: cells[1], unknown: cells[2], total: cells[3],
    rate: cells[4], low: cells[5], high: cells[6], hidden: Boolean(hidden),
  });
  const levelOf = (raw) => {
    const rows = Object.fromEntries(Object.entries(raw.rows).map(([name, cells]) => [name, column(cells)])), r = rows;
    return {
      ...raw, rows, spots: column(raw.spots),
      figures: r.code.map((_, i) => figuresOf(
        [r.covered[i], r.uncovered[i], r.unknown[i], r.total[i], r.rate[i], r.low[i], r.high[i]], r.hidden[i])),
      at: new Map(r.code.map((code, i) => [code, i])),
      sum: figuresOf(raw.total.cells, raw.total.hidden),
      rest: figuresOf(raw.unplaced.cells, raw.unplaced.hidden),
    };
  };
  const asked = [page, ...page.more]; // all questions of this page
  const prepared = asked.map(() => null);
  function question(n) {
    if (prepared[n]) return prepared[n];
    const raw = asked[n], stations = records(raw.stations);
    // the letter on a kind's badge: the first of its words that no other kind has taken
    const letters = {};
    for (const kind of stations ? [...new Set(stations.values.kind)].filter(Boolean).sort() : []) {
      const own = [...kind].filter((letter) => letter.trim()), taken = Object.values(letters);
      letters[kind] = own.find((letter) => !taken.includes(letter)) || own[0];
    }
    const levels = Object.fromEntries(Object.entries(raw.levels).map(([name, one]) => [name, levelOf(one)]));
    const made = {
      n, meta: raw.meta, changes: raw.changes, todo: raw.todo, levels, stations, letters,
      compounds: records(raw.compounds), zones: records(raw.zones),
      others: raw.others.map((one, at) => ({ ...records(one), words: one.words, key: "other" + at })),
      shapes: { levels: {}, others: [] },
    };
    // outlines are read when they are first drawn: most of them lie below what a page begins with
    const later = (on, name, packed) => Object.defineProperty(on, name, {
      enumerable: true, configurable: true,
      get() { const value = packed && unpack(packed); Object.defineProperty(on, name, { value, enumerable: true }); return value; },
    });
    for (const name of Object.keys(levels)) later(made.shapes.levels, name, levels[name].outline);
    later(made.shapes, "compounds", made.compounds && made.compounds.outline);
    later(made.shapes, "zones", made.zones && made.zones.outline);
    made.others.forEach((other, at) => later(made.shapes.others, at, other.outline));
    prepared[n] = made;
    return made;
  }
  const named = (name) => name || words.unnamed;
  const compoundNamed = (i) => compounds.get("name", i) || `${words.unnamed} ${compounds.get("code", i) || ""}`.trim();

  // ---- outlines ------------------------------------------------------------------------------------------
  const worldX = (lon) => (lon + 180) / 360;
  const worldY = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) / (2 * Math.PI);
  const unpacked = new Map();
  function unpack(packed) {
    if (!unpacked.has(packed.packed)) unpacked.set(packed.packed, read(packed, inflated(block.outlines[packed.packed])));
    return unpacked.get(packed.packed);
  }
  function read(packed, bytes) {
    const { features, rings, points } = packed;
    const heads = features + 3 * rings, half = points - rings, low = 4 * heads, high = low + 2 * half;
    const head = (i) => bytes[i] | bytes[heads + i] << 8 | bytes[2 * heads + i] << 16 | bytes[3 * heads + i] << 24;
    const stepAt = (i) => { const zigzag = bytes[low + i] | bytes[high + i] << 8; return zigzag >>> 1 ^ -(zigzag & 1); };
    const ringAt = new Uint32Array(features + 1), pointAt = new Uint32Array(rings + 1);
    for (let i = 0; i < features; i++) ringAt[i + 1] = ringAt[i] + head(i);
    for (let i = 0; i < rings; i++) pointAt[i + 1] = pointAt[i] + head(features + i);
    const X = new Float64Array(points), Y = new Float64Array(points), box = new Float64Array(4 * features);
    for (let r = 0, step = 0; r < rings; r++) {
      let x = head(features + rings + r) + packed.origin[0], y = head(features + 2 * rings + r) + packed.origin[1];
      for (let p = pointAt[r]; p < pointAt[r + 1]; p++) {
        if (p > pointAt[r]) { x += stepAt(step); y += stepAt(half + step); step++; }
        X[p] = worldX(x / packed.scale); Y[p] = worldY(y / packed.scale);
      }
    }
    for (let i = 0; i < features; i++) {
      let [a, b, c, d] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let p = pointAt[ringAt[i]]; p < pointAt[ringAt[i + 1]]; p++) {
        if (X[p] < a) a = X[p]; if (X[p] > c) c = X[p];
        if (Y[p] < b) b = Y[p]; if (Y[p] > d) d = Y[p];
      }
      box.set([a, b, c, d], 4 * i);
    }
    return { features, ringAt, pointAt, X, Y, box };
  }
  const has = (shape, i) => shape.ringAt[i + 1] > shape.ringAt[i];
  const meets = (shape, i, view) => has(shape, i) && shape.box[4 * i] <= view[2] && shape.box[4 * i + 2] >= view[0]
    && shape.box[4 * i + 1] <= view[3] && shape.box[4 * i + 3] >= view[1];
  function trace(context, shape, i, scale, left, top, closed = true) {
    context.beginPath();
    for (let r = shape.ringAt[i]; r < shape.ringAt[i + 1]; r++) {
      const from = shape.pointAt[r], until = shape.pointAt[r + 1];
      let x = shape.X[from] * scale - left, y = shape.Y[from] * scale - top;
      if (until - from === 1) { context.moveTo(x + 4, y); context.arc(x, y, 4, 0, 7); continue; }
      context.moveTo(x, y);
      for (let p = from + 1; p < until; p++) {
        const u = shape.X[p] * scale - left, v = shape.Y[p] * scale - top;
        if (Math.abs(u - x) + Math.abs(v - y) < 0.5 && p < until - 1) continue;
        context.lineTo(u, v); x = u; y = v;
      }
      if (closed) context.closePath();
    }
  }
  function isInside(shape, i, x, y) {
    let inside = false;
    for (let r = shape.ringAt[i]; r < shape.ringAt[i + 1]; r++) {
      const from = shape.pointAt[r], until = shape.pointAt[r + 1];
      for (let p = from, q = until - 1; p < until; q = p++) {
        if ((shape.Y[p] > y) !== (shape.Y[q] > y)
          && x < (shape.X[q] - shape.X[p]) * (y - shape.Y[p]) / (shape.Y[q] - shape.Y[p]) + shape.X[p]) inside = !inside;
      }
    }
    return inside;
  }

  // ---- colours -------------------------------------------------------------------------------------------
  // the question in sight: what all that is painted and listed below reads
  let data, meta, levelNames, compounds, stations, letters, zones, others, shapes;
  const state = { level: page.meta.by, compounds: true, stations: true, zones: true, names: true, roads: true, selected: null };
  page.others.forEach((_, at) => { state["other" + at] = true; });
  const backdrop = [];
  const level = () => data.levels[state.level];
  function take(one) {
    const chosen = state.selected && { ...state.selected, code: codeOf(state.selected) };
    data = one; ({ meta, compounds, stations, letters, zones, others, shapes } = one);
    levelNames = Object.keys(data.levels);
    if (!data.levels[state.level]) state.level = data.levels[meta.by] ? meta.by : levelNames.at(-1);
    state.selected = chosen && found(chosen);
  }
  const rowsOf = (what) => what.type === "unit" ? data.levels[what.level] && data.levels[what.level].rows.code
    : (what.type === "other" ? others[what.layer] : what.type === "station" ? stations : compounds || { values: {} }).values.code;
  const codeOf = (what) => rowsOf(what)[what.index];
  const found = (what) => { // the same thing in the question in sight, by its code
    const codes = rowsOf(what), index = codes ? codes.indexOf(what.code) : -1;
    return index < 0 ? null : { ...what, index };
  };
  const classOf = (rate) => bands.limits.filter((limit) => rate >= limit).length;
  function look(figures) {
    if (figures.hidden) return { fill: INK.no_data, hatch: true };
    if (!figures.total) return { fill: INK.no_data, hatch: false };
    if (figures.rate === null) return { fill: INK.paper, hatch: true };
    const ramp = isNear() ? INK.wash : INK.seq;
    return { fill: ramp[classOf(figures.rate)], hatch: figures.unknown / figures.total >= bands.unknownFrom };
  }
  // from here on compounds are large enough to draw; the paler classes then lie under them
  let onPaper = null; // the zoom of the map that is printed
  const zoomNow = () => onPaper === null ? map.getZoom() : onPaper;
  let isDrawn = false;
  const isNear = () => state.compounds && Boolean(compounds) && isDrawn && zoomNow() >= NEAR;
  const hatches = new Map();
  function hatch(context, period, colour, alpha, width = 1.2) {
    const key = [period, colour, alpha, ratio].join();
    if (!hatches.has(key)) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = Math.round(period * ratio);
      const pen = tile.getContext("2d");
      pen.scale(tile.width / period, tile.width / period);
      pen.strokeStyle = colour; pen.globalAlpha = alpha; pen.lineWidth = width;
      for (const shift of [-period, 0, period]) {
        pen.beginPath(); pen.moveTo(shift - 1, period + 1); pen.lineTo(shift + period + 1, -1); pen.stroke();
      }
      hatches.set(key, tile);
    }
    const tile = hatches.get(key), pattern = context.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(period / tile.width));
    return pattern;
  }
  const SMALL = 7, WIDE = 10; // hatch periods across: 5 and 7 px from line to line

  // ---- the map -------------------------------------------------------------------------------------------
  const map = window.map_registry;
  function paintGround(context, { zoom, left, top, across, down }) {
    const scale = 256 * 2 ** zoom, edge = 10;
    const view = [(left - edge) / scale, (top - edge) / scale, (left + across + edge) / scale, (top + down + edge) / scale];
    context.lineJoin = "round";
    const units = shapes.levels[state.level];
    const near = zoom >= 14;
    for (let i = 0; i < units.features; i++) {
      if (!meets(units, i, view)) continue;
      const { fill: colour, hatch: isHatched } = look(level().figures[i]);
      trace(context, units, i, scale, left, top);
      context.fillStyle = colour; context.fill("evenodd");
      if (isHatched) { context.fillStyle = hatch(context, near ? WIDE : SMALL, INK.t1, 0.28); context.fill("evenodd"); }
    }
    for (const part of backdrop) {
      if (part.kind === "road" && (!state.roads || zoom < 11.5 + part.rank)) continue;
      for (let i = 0; i < part.features; i++) {
        if (!meets(part, i, view)) continue;
        trace(context, part, i, scale, left, top, part.kind === "water");
        if (part.kind === "water") { context.fillStyle = INK.water; context.fill("evenodd"); }
        else { context.strokeStyle = INK.road; context.lineWidth = Math.max(0.5, Math.min(6, 2 ** (zoom - 13.5 - 0.8 * part.rank))); context.stroke(); }
      }
    }
    for (const name of [...levelNames].reverse()) {
      const isTop = name === "district" || name === "street";
      if (!isTop && name !== state.level && zoom < 13.5) continue;
      const lines = shapes.levels[name];
      for (let i = 0; i < lines.features; i++) {
        if (!meets(lines, i, view)) continue;
        trace(context, lines, i, scale, left, top);
        if (isTop) {
          const width = (name === "district" ? 2.4 : 1.8) * (near ? 1.2 : 0.8);
          context.strokeStyle = INK.casing; context.lineWidth = width + 2.4; if (near) context.stroke();
          context.strokeStyle = INK.street_line; context.lineWidth = width;
        } else if (name === "community" && state.level !== "community") {
          context.strokeStyle = INK.ink; context.lineWidth = 1; context.setLineDash([5, 3]);
        } else { context.strokeStyle = INK.casing; context.lineWidth = near ? 1.6 : 0.9; }
        context.stroke(); context.setLineDash([]);
      }
    }
    if (isNear() && shapes.compounds) paintCompounds(context, zoom, scale, left, top, view);
    if (areZonesShown(zoom)) paintZones(context, zoom, scale, left, top, view);
    others.forEach((other, n) => { if (isOtherShown(other, zoom)) paintOther(context, shapes.others[n], scale, left, top, view); });
  }
  const isOtherShown = (other, zoom) => state[other.key] && shapes.others.length === others.length && (zoom >= NEAR || other.count <= 40);
  function paintOther(context, shape, scale, left, top, view) {
    for (let i = 0; i < shape.features; i++) {
      if (!meets(shape, i, view)) continue;
      trace(context, shape, i, scale, left, top);
      context.fillStyle = INK.no_data; context.fill("evenodd");
      context.strokeStyle = INK.ink; context.lineWidth = 1.2; context.stroke();
    }
  }
  const areZonesShown = (zoom) => state.zones && zoom >= 12.5 && Boolean(shapes.zones);
  function paintZones(context, zoom, scale, left, top, view) {
    const shape = shapes.zones, width = zoom >= 14 ? 2.2 : 1.2;
    for (let i = 0; i < shape.features; i++) {
      if (!meets(shape, i, view)) continue;
      trace(context, shape, i, scale, left, top);
      context.strokeStyle = INK.casing; context.lineWidth = width + 2.4; if (zoom >= 14) context.stroke();
      context.strokeStyle = INK.ink; context.lineWidth = width; context.stroke();
    }
  }
  function paintCompounds(context, zoom, scale, left, top, view) {
    const shape = shapes.compounds, status = compounds.values.status;
    const thick = zoom >= 14 ? 1.6 : 1;
    for (let i = 0; i < shape.features; i++) {
      if (!meets(shape, i, view)) continue;
      const what = status ? status[i] : null;
      const width = (shape.box[4 * i + 2] - shape.box[4 * i]) * scale, height = (shape.box[4 * i + 3] - shape.box[4 * i + 1]) * scale;
      if (width > 0 && Math.max(width, height) < 6) {
        if (what === "left_out") continue;
        context.fillStyle = what ? INK.status[what].dot : INK.ctl;
        context.fillRect(shape.box[4 * i] * scale - left + width / 2 - 1.5, shape.box[4 * i + 1] * scale - top + height / 2 - 1.5, 3, 3);
        continue;
      }
      trace(context, shape, i, scale, left, top);
      context.strokeStyle = INK.casing; context.lineWidth = thick * 2;
      if (zoom >= 13.5) context.stroke();
      const drawn = INK.status[what] || { fill: INK.paper, edge: INK.ctl };
      context.fillStyle = drawn.fill;
      if (what !== "left_out" && (what || !status)) context.fill("evenodd");
      if (what === "covered") continue;
      if (what === "unknown") { context.fillStyle = hatch(context, SMALL, drawn.edge, 0.9); context.fill("evenodd"); }
      context.strokeStyle = drawn.edge;
      context.lineWidth = thick; context.stroke();
    }
  }
  const Tiles = L.GridLayer.extend({
    createTile(coords) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = Math.round(TILE * ratio);
      const context = tile.getContext("2d", { willReadFrequently: true });
      context.scale(ratio, ratio);
      paintGround(context, { zoom: coords.z, left: coords.x * TILE, top: coords.y * TILE, across: TILE, down: TILE });
      return tile;
    },
    // Leaflet draws tiles for whole zooms and stretches them between; ours are drawn for the very zoom
    _setView(center, zoom, noPrune, noUpdate) {
      if (!noUpdate || (this.options.updateWhenZooming && zoom !== this._tileZoom)) {
        this._tileZoom = zoom;
        this._updateLevels(); this._resetGrid(); this._update(center);
        if (!noPrune) this._pruneTiles();
        this._noPrune = Boolean(noPrune);
      }
      this._setZoomTransforms(center, zoom);
    },
  });
  const Marks = L.Layer.extend({
    onAdd(on) {
      this._canvas = document.createElement("canvas");
      on.getPane("overlayPane").appendChild(this._canvas);
      on.on("zoom viewreset resize zoomend", this.ask, this);
      on.on("move moveend", this.moved, this);
      this.ask();
    },
    ask() {
      clearTimeout(this._later);
      if (!this._asked) this._asked = requestAnimationFrame(() => { this._asked = 0; this.paint(); });
    },
    // what is painted moves with the map; it is painted anew when the map rests, or shows what lay beyond the edge
    moved() {
      const at = this._map.getPixelBounds().min;
      if (!this._from || Math.abs(at.x - this._from.x) > this._edge.x || Math.abs(at.y - this._from.y) > this._edge.y) { this.ask(); return; }
      clearTimeout(this._later);
      this._later = setTimeout(() => this.ask(), 100);
    },
    paint() {
      const size = this._map.getSize(), canvas = this._canvas, edge = this._edge = size.multiplyBy(0.2).round(), all = size.add(edge.multiplyBy(2));
      if (canvas.width !== Math.round(all.x * ratio) || canvas.height !== Math.round(all.y * ratio)) {
        canvas.width = Math.round(all.x * ratio); canvas.height = Math.round(all.y * ratio);
        canvas.style.width = all.x + "px"; canvas.style.height = all.y + "px";
      }
      L.DomUtil.setPosition(canvas, this._map.containerPointToLayerPoint(edge.multiplyBy(-1)));
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, all.x, all.y);
      const zoom = this._map.getZoom(), scale = 256 * 2 ** zoom, corner = this._from = this._map.getPixelBounds().min;
      const within = (by) => [(corner.x - by.x) / scale, (corner.y - by.y) / scale, (corner.x + size.x + by.x) / scale, (corner.y + size.y + by.y) / scale];
      const [right, bottom] = [edge.x + size.x, edge.y + size.y]; // the scale and the buttons lie over the map
      const taken = [[edge.x, bottom - 34, edge.x + 110, bottom], [right - 50, bottom - 124, right, bottom]];
      paintMarks(context, { zoom, scale, left: corner.x - edge.x, top: corner.y - edge.y, view: within(edge), inner: within({ x: 0, y: 0 }), taken });
    },
  });
  const tiles = new Tiles({ tileSize: TILE, updateWhenZooming: true, keepBuffer: 1, noWrap: true });
  const marks = new Marks();

  const widths = new Map();
  const AROUND = [[0, 0], ...[8, 16, 26, 38].flatMap((far) => [[0, -far], [0, far], [far, 0], [-far, 0], [far, far], [-far, -far], [far, -far], [-far, far]])];
  const BESIDE = [60, 80, 100, 120, 145, 170, 200].flatMap((far) => [0, -16, 16, -32, 32, -50, 50, -70, 70].flatMap((down) => [[-far, down], [far, down]]));
  function paintMarks(context, at) {
    const taken = at.taken;
    const spot = (lonlat) => lonlat && { x: worldX(lonlat[0]) * at.scale - at.left, y: worldY(lonlat[1]) * at.scale - at.top };
    const isFree = (box) => !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
    const seen = (p) => p && p.x > -60 && p.y > -30 && p.x < at.view[2] * at.scale - at.left + 60 && p.y < at.view[3] * at.scale - at.top + 30;
    context.textAlign = "center"; context.textBaseline = "middle"; context.lineJoin = "round";
    const widthOf = (line, size, bold) => {
      const key = size + (bold ? "b" : "n") + line;
      if (!widths.has(key)) { context.font = `${bold ? "bold " : ""}${size}px ${FACE}`; widths.set(key, context.measureText(line).width); }
      return widths.get(key);
    };
    function label(lines, p, { size, bold, colour = INK.t1, halo = true, room = Infinity, always = false }) {
      if (!seen(p)) return false;
      const width = Math.max(...lines.map((line) => widthOf(line, size, bold))), height = lines.length * (size + 2);
      if (width * 1.1 > room) return false;
      const box = [p.x - width / 2 - 2, p.y - height / 2 - 1, p.x + width / 2 + 2, p.y + height / 2 + 1];
      if (!always && !isFree(box)) return false;
      taken.push(box);
      lines.forEach((line, n) => {
        const y = p.y + (n - (lines.length - 1) / 2) * (size + 2);
        context.font = `${bold && n === 0 ? "bold " : ""}${n === 0 ? size : 12}px ${FACE}`;
        if (halo) { context.strokeStyle = INK.casing; context.lineWidth = 3; context.strokeText(line, p.x, y); }
        context.fillStyle = colour; context.fillText(line, p.x, y);
      });
      return true;
    }
    // a street's name finds a place in the street: moved, then smaller, then without its rate; one with room for it never goes without
    const crowded = [];
    function streetLabel(lines, shape, i, p, options) {
      if (!seen(p)) return;
      const inside = (x, y) => isInside(shape, i, (p.x + x + at.left) / at.scale, (p.y + y + at.top) / at.scale);
      for (const [size, some] of [[14, lines], [12, lines], [12, lines.slice(0, 1)]]) {
        for (const [x, y] of AROUND) {
          if ((x || y) && !inside(x, y)) continue;
          if (label(some, { x: p.x + x, y: p.y + y }, { ...options, size })) return;
        }
      }
      const across = (shape.box[4 * i + 2] - shape.box[4 * i]) * at.scale;
      if (across > 0.3 * widthOf(lines[0], 12, true)) crowded.push({ lines, shape, p, options });
    }
    function besideLabel({ lines, shape, p, options }) { // outside the district, with a line to it
      const isOpen = (x, y) => hit(shape, x, y) < 0;
      for (const [size, some] of [[12, lines], [12, lines.slice(0, 1)]]) {
        const half = Math.max(...some.map((line) => widthOf(line, size, true))) / 2 + 4;
        for (const [x, y] of BESIDE) {
          const ends = [-half, 0, half].map((more) => [(p.x + x + more + at.left) / at.scale, (p.y + y + at.top) / at.scale]);
          if (!ends.every(([u, v]) => u > at.inner[0] && u < at.inner[2] && v > at.inner[1] && v < at.inner[3] && isOpen(u, v))) continue;
          if (!label(some, { x: p.x + x, y: p.y + y }, { ...options, size })) continue;
          context.beginPath(); context.moveTo(p.x, p.y); context.lineTo(p.x + x - Math.sign(x) * half, p.y + y);
          context.strokeStyle = INK.casing; context.lineWidth = 3; context.stroke();
          context.strokeStyle = options.colour; context.lineWidth = 1; context.stroke();
          context.beginPath(); context.arc(p.x, p.y, 2.5, 0, 7); context.fillStyle = options.colour; context.fill();
          return;
        }
      }
      label(lines.slice(0, 1), p, { ...options, size: 12, always: true });
    }
    const chosen = state.selected;
    if (chosen && chosen.type !== "station") {
      const shape = shapeOf(chosen);
      if (has(shape, chosen.index)) {
        trace(context, shape, chosen.index, at.scale, at.left, at.top);
        context.strokeStyle = INK.casing; context.lineWidth = 7; context.stroke();
        context.strokeStyle = INK.accent; context.lineWidth = 3; context.stroke();
      }
    }
    if (stations && state.stations && (at.zoom >= NEAR || stations.count <= 40)) {
      const small = at.zoom < 14.5;
      for (let i = 0; i < stations.count; i++) {
        const p = spot(stations.spots[i]);
        if (!seen(p)) continue;
        const kind = stations.get("kind", i) || "", isRest = meta.rest.includes(kind), r = small ? 3 : 9.5;
        const isChosen = chosen && chosen.type === "station" && chosen.index === i;
        context.beginPath();
        if (isRest) context.arc(p.x, p.y, r, 0, 7); else context.rect(p.x - r, p.y - r, 2 * r, 2 * r);
        context.strokeStyle = isChosen ? INK.accent : INK.casing; context.lineWidth = isChosen ? 6 : 2; context.stroke();
        context.fillStyle = INK.ink; context.fill();
        if (small) continue;
        context.font = `bold 12px ${FACE}`; context.fillStyle = INK.casing; context.fillText(letters[kind] || "", p.x, p.y + 0.5);
        taken.push([p.x - 11, p.y - 11, p.x + 11, p.y + 11]);
      }
    }
    if (!state.names) return;
    others.forEach((other, n) => {
      if (!isOtherShown(other, at.zoom) || at.zoom < 14) return;
      for (let i = 0; i < other.count; i++) {
        if (!meets(shapes.others[n], i, at.view)) continue;
        const p = spot(other.spots[i]), isChosen = chosen && chosen.type === "other" && chosen.layer === n && chosen.index === i;
        label([named(other.get("name", i))], p && { x: p.x, y: p.y + 12 }, { size: 12, bold: isChosen, colour: isChosen ? INK.accent : INK.t1, always: isChosen });
      }
    });
    if (chosen && chosen.type === "compound") label([named(compounds.get("name", chosen.index))], spot(compounds.spots[chosen.index]), { size: 12, bold: true, colour: INK.accent, always: true });
    let few = false;
    const unitLabel = (name, i, options) => {
      const one = data.levels[name], figures = one.figures[i], shape = shapes.levels[name];
      if (!meets(shape, i, at.view)) return;
      const lines = [named(one.rows.name[i])];
      if (name === state.level && !figures.hidden && figures.total) {
        lines.push(figures.rate === null || isThin(figures) ? known(figures)
          : isNear() && name === "grid" ? fraction(figures) : percent(figures.rate));
      }
      const isChosen = chosen && chosen.type === "unit" && chosen.level === name && chosen.index === i;
      const colour = isChosen ? INK.accent : INK.t1;
      if (name === "street" && few) streetLabel(lines, shape, i, spot(one.spots[i]), { ...options, colour });
      else label(lines, spot(one.spots[i]), { ...options, colour, room: options.fits ? (shape.box[4 * i + 2] - shape.box[4 * i]) * at.scale : Infinity });
    };
    const order = ["district", "street", "community", "grid"].filter((name) => data.levels[name]);
    for (const name of order) {
      const isCurrent = name === state.level;
      if (name === "district" && (!isCurrent || data.levels[name].rows.code.length > 60)) continue;
      if (name === "community" && !isCurrent && at.zoom < 14.5) continue;
      if (name === "grid" && !isCurrent) continue;
      const big = name === "district" || name === "street";
      const box = shapes.levels[name].box, wide = (i) => box[4 * i + 2] - box[4 * i];
      const order = data.levels[name].rows.code.map((_, i) => i).filter((i) => meets(shapes.levels[name], i, at.view));
      few = order.length <= 40; // so few find a place each; of more those that have room at once
      if (name === "street" && few) order.sort((a, b) => wide(a) - wide(b)); // who has least room chooses first
      for (const i of order) {
        unitLabel(name, i, { size: big ? 14 : name === "community" ? 13 : 12, bold: name !== "grid", fits: !big });
      }
      if (name === "street") crowded.sort((a, b) => a.p.y - b.p.y).forEach(besideLabel);
    }
    if (areZonesShown(at.zoom) && at.zoom >= 13.5) {
      for (let i = 0; i < shapes.zones.features; i++) {
        if (!meets(shapes.zones, i, at.view)) continue;
        const lines = [named(zones.get("name", i)), zones.get("firm_name", i)].filter(Boolean);
        label(lines, spot(zones.spots[i]), { size: 12, bold: true, colour: INK.ink });
      }
    }
    if (compounds && isNear() && at.zoom >= 14) {
      const shape = shapes.compounds;
      for (let i = 0; i < shape.features; i++) {
        if (!meets(shape, i, at.view)) continue;
        const isCovered = compounds.get("status", i) === "covered";
        label([named(compounds.get("name", i))], spot(compounds.spots[i]), {
          size: 12, colour: isCovered ? INK.casing : INK.t1, halo: !isCovered, room: (shape.box[4 * i + 2] - shape.box[4 * i]) * at.scale,
        });
      }
    }
  }

  // ---- lists and panels ----------------------------------------------------------------------------------
  function bar(figures, width = 84, height = 12) {
    const canvas = element("canvas", undefined, "bar");
    canvas.width = width * ratio; canvas.height = height * ratio;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.scale(ratio, ratio);
    if (figures.hidden || !figures.total) return canvas;
    const a = figures.covered / figures.total * width, b = figures.uncovered / figures.total * width;
    pen.fillStyle = INK.yes; pen.fillRect(0, 0, a, height);
    pen.lineWidth = 1;
    if (b > 0) {
      pen.fillStyle = INK.no_ground; pen.fillRect(a, 0, b, height);
      pen.strokeStyle = INK.no; pen.strokeRect(a + 0.5, 0.5, Math.max(0.5, b - 1), height - 1);
    }
    if (figures.unknown > 0) {
      const c = width - a - b;
      pen.fillStyle = hatch(pen, 5.6, INK.unknown, 1); pen.fillRect(a + b, 0, c, height);
      pen.strokeStyle = INK.unknown; pen.strokeRect(a + b + 0.5, 0.5, Math.max(0.5, c - 1), height - 1);
    }
    canvas.setAttribute("aria-hidden", "true");
    return canvas;
  }
  const isThin = (f) => !f.hidden && f.total > 0 && f.covered + f.uncovered < f.total / 2;
  // as app/domain/looks/wording.py says it: the rate's own fraction, then how many are known and what the rate could be
  const known = (f) => fill(words.known, number(f.covered + f.uncovered), number(f.total));
  const rateText = (f) => f.hidden ? "" : f.rate === null || isThin(f) ? "—" : percent(f.rate);
  const fraction = (f) => {
    if (f.hidden) return words.hidden;
    if (!f.total) return words.nothing;
    return f.rate === null || isThin(f) ? known(f) : `${number(f.covered)}/${number(f.covered + f.uncovered)}`;
  };
  const beside = (f) => {
    if (f.hidden || !f.total) return "";
    if (!f.unknown) return words.settled;
    const possible = fill(words.possible, `${percent(f.low).replace("%", "")}–${percent(f.high)}`);
    return f.rate === null || isThin(f) ? possible : `${known(f)} · ${possible}`;
  };
  function cells(name, figures) {
    const nd = element("span", undefined, "nd");
    nd.append(element("span", fraction(figures)), document.createElement("br"), element("span", beside(figures)));
    return [middle(name), bar(figures), element("span", rateText(figures), "rate"), nd];
  }
  // names of one kind begin alike and differ at the end: it goes to a second line when there is no room, and is never cut
  function middle(name) {
    const made = element("span", undefined, "name"), letters = [...name];
    const within = name.match(/^.+?(?:社区|街道|镇)(?=.{2,8}$)/), end = within ? letters.length - [...within[0]].length : letters.length > 8 ? 5 : 0;
    made.title = name;
    made.append(element("span", letters.slice(0, letters.length - end).join("")), element("span", letters.slice(letters.length - end).join("")));
    return made;
  }
  let shown = AT_ONCE;
  const NARROW = matchMedia("(max-width: 800px)"), TOUCH = matchMedia("(pointer: coarse)");
  function paintList() {
    const one = level(), list = $("list");
    const key = (f) => f.hidden || !f.total ? 2 : f.rate === null ? -1 : f.rate; // as papers list them
    const order = one.figures.map((_, i) => i).sort((a, b) => key(one.figures[a]) - key(one.figures[b])
      || one.figures[b].total - one.figures[a].total || (one.rows.code[a] < one.rows.code[b] ? -1 : 1));
    $("side").prepend($("detail"));
    list.replaceChildren();
    for (const i of order.slice(0, shown)) {
      const item = element("li"), button = act(undefined, () => choose({ type: "unit", level: state.level, index: i }, true));
      button.dataset.code = one.rows.code[i];
      button.append(...cells(named(one.rows.name[i]), one.figures[i]));
      item.append(button); list.append(item);
    }
    if (order.length > shown) {
      const item = element("li"), button = element("button", fill(words.more, number(order.length - shown)));
      button.addEventListener("click", () => { shown += AT_ONCE; paintList(); });
      item.append(button); list.append(item);
    }
    $("foot").replaceChildren();
    for (const [name, figures] of [[words.unplaced, one.rest], [words.total, one.sum]]) {
      const item = element("li");
      item.append(...cells(name, figures)); $("foot").append(item);
    }
    markList();
  }
  function markList() {
    const code = state.selected && state.selected.type === "unit" && state.selected.level === state.level
      ? level().rows.code[state.selected.index] : null;
    let row = null;
    for (const button of $("list").querySelectorAll("button[data-code]")) {
      const isCurrent = button.dataset.code === code && code !== null;
      button.setAttribute("aria-current", String(isCurrent));
      if (isCurrent) row = button.parentElement;
    }
    // on a phone the card opens under the row that was touched, beside the list everywhere else
    if (row && NARROW.matches) { if ($("detail").parentElement !== row) row.append($("detail")); }
    else if ($("detail").parentElement !== $("side")) $("side").prepend($("detail"));
    return row;
  }
  function paintHead() {
    const sum = level().sum;
    document.title = `${meta.title} ${meta.measure}`;
    $("title").textContent = `${meta.title}　${meta.measure}`;
    $("dated").textContent = [`${words.asOf} ${meta.asOf}`, meta.weightWords, meta.audience].join(" · ");
    $("sum-rate").textContent = rateText(sum) || "—";
    $("sum-counts").textContent = sum.hidden ? words.hiddenWhy : fill(words.counts, number(sum.covered), number(sum.uncovered), number(sum.unknown));
    $("sum-range").textContent = sum.hidden ? "" : [fraction(sum), beside(sum)].filter(Boolean).join(" · ");
    $("list-title").textContent = fill(words.each, level().word);
    for (const [id, value] of [["measures", meta.id], ["days", meta.asOf]]) {
      for (const button of $(id) ? $(id).children : []) button.setAttribute("aria-pressed", String(button.dataset.value === value));
    }
    const levels = levelNames.map((name) => {
      const button = act(data.levels[name].word, () => { state.level = name; state.selected = null; shown = AT_ONCE; refresh(); paintDetail(); paintChange(); remember(); });
      button.dataset.level = name; button.setAttribute("aria-pressed", String(name === state.level));
      return button;
    });
    $("levels").replaceChildren(...(levels.length > 1 ? levels : []));
    $("notes").replaceChildren();
    for (const [label, text] of meta.notes) pair($("notes"), label, text);
    for (const one of $("notes").querySelectorAll("dt")) { // what the head of a printed page says already
      if (one.textContent === words.synthetic) { one.className = "twice"; one.nextSibling.className = "twice"; }
    }
  }
  function swatch(paint, width = 22, height = 14) {
    const canvas = element("canvas", undefined, width === height ? "sign" : "");
    canvas.width = width * ratio; canvas.height = height * ratio;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.scale(ratio, ratio); paint(pen);
    return canvas;
  }
  function paintLegend() {
    const legend = $("legend"), ramp = isNear() ? INK.wash : INK.seq;
    const entry = (text, paint, ...size) => { const made = element("span"); made.append(swatch(paint, ...size), element("i", text)); return made; };
    const box = (colour, edge) => (pen) => { pen.fillStyle = colour; pen.fillRect(0, 0, 22, 14); pen.strokeStyle = edge || INK.ctl; pen.strokeRect(0.5, 0.5, 21, 13); };
    const hatched = (colour, ink, alpha, edge) => (pen) => { box(colour, edge)(pen); pen.fillStyle = hatch(pen, SMALL, ink, alpha); pen.fillRect(0, 0, 22, 14); };
    legend.replaceChildren(element("b", fill(words.rateOf, level().word)));
    bands.names.forEach((text, n) => legend.append(entry(text, box(ramp[n]))));
    legend.append(entry(bands.muchUnknown, hatched(ramp[2], INK.t1, 0.28)), entry(words.allUnknown, hatched(INK.paper, INK.t1, 0.28)), entry(words.nothing, box(INK.no_data)));
    if (Object.values(data.levels).some((one) => one.figures.some((f) => f.hidden))) legend.append(entry(words.hidden, hatched(INK.no_data, INK.t1, 0.28)));
    legend.append(element("span", undefined, "break"));
    const toggle = (key, text) => {
      const made = element("label"), tick = element("input");
      tick.type = "checkbox"; tick.checked = state[key];
      tick.addEventListener("change", () => { state[key] = tick.checked; refresh(); });
      made.append(tick, element("span", text)); made.className = "layer"; legend.append(made);
    };
    if (compounds) {
      toggle("compounds", state.compounds && !isNear() ? fill(words.whenNear, words.compounds) : words.compounds);
      if (isNear() && meta.hasStatus) {
        legend.append(...["covered", "uncovered", "unknown"].map((name) => {
          const { fill: ground, edge, dot } = INK.status[name];
          return entry(words[name], name === "unknown" ? hatched(ground, edge, 0.9, edge) : box(ground, dot));
        }));
      }
    }
    if (stations) {
      toggle("stations", words.stations);
      if (state.stations) for (const kind of [...new Set(stations.values.kind)].filter(Boolean)) {
        const shown = entry(kind, (pen) => {
          pen.fillStyle = INK.ink; pen.beginPath();
          if (meta.rest.includes(kind)) pen.arc(9.5, 9.5, 9.5, 0, 7); else pen.rect(0, 0, 19, 19);
          pen.fill(); pen.fillStyle = INK.casing; pen.font = `bold 12px ${FACE}`; pen.textAlign = "center"; pen.textBaseline = "middle";
          pen.fillText(letters[kind], 9.5, 10);
        }, 19, 19);
        shown.dataset.letter = letters[kind];
        legend.append(shown);
      }
    }
    if (zones) toggle("zones", words.zones);
    for (const other of others) toggle(other.key, other.words);
    toggle("names", words.names);
    if (backdrop.length) toggle("roads", words.roads);
    if (TOUCH.matches) legend.append(element("span", words.twoFingers, "touch"));
  }
  // what paper says of a list: as many names as there is room for, and how many more
  function printed(indices) {
    const names = [];
    let letters = 0;
    for (const i of indices) {
      const name = compoundNamed(i);
      letters += [...name].length + 1;
      if (letters > ON_PAPER.names && names.length) break;
      names.push(name);
    }
    const said = names.join(meta.lang === "en" ? ", " : "、"), rest = indices.length - names.length;
    return element("p", rest ? fill(words.andOthers, said, number(rest)) : said, "on-paper");
  }
  function chips(parent, title, indices, status, atFirst) {
    if (!indices.length) return;
    parent.append(element("h3", fill(title, number(indices.length))));
    const box = element("div", undefined, "chips");
    const add = (from, until) => {
      for (const i of indices.slice(from, until)) {
        const chip = element("button", compoundNamed(i), status);
        chip.type = "button"; chip.addEventListener("click", () => choose({ type: "compound", index: i }, true));
        box.append(chip);
      }
      if (indices.length > until) {
        const more = act(fill(words.more, number(indices.length - until)), () => { more.remove(); add(until, until + AT_ONCE); }, "unknown");
        box.append(more);
      }
    };
    add(0, atFirst);
    parent.append(box, printed(indices));
  }
  // the way back: the whole, then the street of what is smaller
  function crumbs(chosen) {
    const path = make("nav", { class: "crumbs", "aria-label": words.path }), to = (text, what) => path.append(act(text, () => choose(what, true)), " › ");
    to(meta.title, null);
    const streets = data.levels.street, isStreet = chosen.type === "unit" && ["district", "street"].includes(chosen.level);
    if (streets && streets.rows.code.length > 1 && !isStreet) {
      const at = chosen.type === "unit" ? data.levels[chosen.level].spots[chosen.index]
        : (chosen.type === "other" ? others[chosen.layer] : chosen.type === "station" ? stations : compounds).spots[chosen.index];
      const index = at ? hit(shapes.levels.street, worldX(at[0]), worldY(at[1])) : -1;
      if (index >= 0) to(named(streets.rows.name[index]), { type: "unit", level: "street", index });
    }
    path.lastChild.remove();
    return path;
  }
  function hit(shape, x, y) {
    for (let i = shape.features - 1; i >= 0; i--) if (meets(shape, i, [x, y, x, y]) && isInside(shape, i, x, y)) return i;
    return -1;
  }
  function paintChange() {
    const chosen = state.selected && state.selected.type === "unit" && state.selected.level === meta.by ? state.selected : null;
    const one = data.levels[meta.by], card = $("change"), change = one && data.changes[chosen ? one.rows.code[chosen.index] : ""];
    card.hidden = !change;
    card.replaceChildren();
    if (!change) return;
    const before = figuresOf(change.before.cells, change.before.hidden), now = chosen ? one.figures[chosen.index] : one.sum;
    const points = (then, later) => fill(words.points, then === null || later === null ? "—" : inPoints(Math.round((later - then) * 1000) / 10));
    const inPoints = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(1);
    const line = (label, then, later) => {
      const row = element("p", undefined, "row");
      row.append(element("span", points(then, later), "big"), element("span", `${label} ${percent(then)} → ${percent(later)}`, "t2"));
      return row;
    };
    const hasNone = rateText(before) === "—" || rateText(now) === "—"; // no rate is told, so none is compared
    const first = hasNone ? element("p", `${known(before)} → ${known(now)}`, "t2") : line(words.rate, before.rate, now.rate);
    card.append(element("h2", fill(words.since, change.since)), first, line(words.low, before.low, now.low));
    const table = element("table"), head = element("tr");
    for (const text of [words.part, words.covered, words.uncovered, words.unknown]) head.append(make("th", { scope: "col" }, text));
    table.append(make("thead", {}, head));
    const body = element("tbody");
    for (const [text, ...amounts] of change.parts) {
      const row = element("tr");
      row.append(make("th", { scope: "row" }, text), ...amounts.map((amount) => element("td", amount ? signed(amount) : "0")));
      body.append(row);
    }
    table.append(body);
    if (change.parts.length) card.append(table);
    card.append(element("p", change.sentence, "t2"));
  }
  const pair = (list, label, value) => { if (value !== null && value !== undefined && value !== "") list.append(element("dt", label), element("dd", String(value))); };
  function paintDetail() {
    const panel = $("detail"), chosen = state.selected;
    panel.replaceChildren();
    if (chosen) panel.append(crumbs(chosen));
    if (!chosen || chosen.type === "unit") {
      const one = chosen ? data.levels[chosen.level] : level();
      const f = chosen ? one.figures[chosen.index] : one.sum, code = chosen ? one.rows.code[chosen.index] : null;
      panel.append(element("h2", chosen ? named(one.rows.name[chosen.index]) : meta.title));
      panel.append(element("p", chosen ? `${one.word} ${code}` : words.clickMap, chosen ? "t2" : "t2 hint"));
      const row = element("div", undefined, "row");
      if (f.hidden) row.append(element("span", words.hiddenWhy, "t2"));
      else row.append(element("span", rateText(f), "big"), element("span", fraction(f), "t2"));
      panel.append(row);
      if (!f.hidden && f.total) panel.append(element("p", fill(words.counts, number(f.covered), number(f.uncovered), number(f.unknown)), "t2"), element("p", beside(f), "t2"), bar(f));
      if (chosen && !has(shapes.levels[chosen.level] || { ringAt: [0, 0] }, chosen.index)) panel.append(element("p", words.noOutline, "t2"));
      if (compounds && meta.hasStatus && compounds.values.status && (!chosen || compounds.values[chosen.level])) {
        const of = (status) => compounds.values.status.map((_, i) => i).filter((i) => compounds.values.status[i] === status && (!chosen || compounds.values[chosen.level][i] === code));
        chips(panel, words.uncoveredOnes, of("uncovered"), "uncovered", chosen ? 60 : 12);
        chips(panel, words.unknownOnes, of("unknown"), "unknown", chosen ? 60 : 12);
      }
      const todo = !chosen || chosen.level === meta.by ? data.todo[chosen ? code : ""] : null;
      if (todo && todo.length) {
        const list = element("ol", undefined, "todo");
        list.append(...todo.map((text) => element("li", text)));
        panel.append(element("h3", words.todo), list);
      }
      return;
    }
    const from = chosen.type === "other" ? others[chosen.layer] : chosen.type === "compound" ? compounds : stations, i = chosen.index;
    panel.append(element("h2", named(from.get("name", i))));
    const status = from.get("status", i);
    if (status) panel.append(element("span", `${meta.measure}${meta.lang === "en" ? ": " : "："}${words[status] || status}`, "badge " + status));
    const list = element("dl");
    for (const [name, label] of from.columns) {
      if (["name", "status", "lon", "lat"].includes(name)) continue;
      let value = from.get(name, i);
      const unit = data.levels[name];
      if (unit && value !== null && unit.at.has(value)) value = named(unit.rows.name[unit.at.get(value)]);
      pair(list, label, typeof value === "number" && name !== "built_year" ? number(value) : value);
    }
    const at = from.spots[i];
    pair(list, "WGS 84", at ? `${at[0].toFixed(6)}, ${at[1].toFixed(6)}` : words.noOutline);
    panel.append(list);
  }
  const shapeOf = (what) => what.type === "unit" ? shapes.levels[what.level] : what.type === "other" ? shapes.others[what.layer] : shapes.compounds;
  function choose(what, go, { isBack = false, isTouched = false } = {}) {
    state.selected = what;
    const wanted = what ? what.type === "unit" && what.level : !isBack && data.levels[meta.by] && meta.by;
    if (wanted && wanted !== state.level) { state.level = wanted; shown = AT_ONCE; refresh(); }
    paintDetail(); paintChange(); marks.ask();
    const row = markList();
    if (!isBack) remember();
    if (isTouched && NARROW.matches) (row || $("detail")).scrollIntoView({ block: "start" });
    if (!go || !isDrawn) return;
    if (!what) fit();
    else if (what.type === "station") { if (stations.spots[what.index]) map.setView([stations.spots[what.index][1], stations.spots[what.index][0]], Math.max(16, map.getZoom())); }
    else {
      const shape = shapeOf(what);
      if (has(shape, what.index)) map.fitBounds(boundsOf(shape, what.index).pad(what.type === "unit" ? 0.15 : 1.2), { maxZoom: 18 });
    }
  }
  // every choice is a step that the browser's own button takes back
  const KEYS = { unit: "u", compound: "c", station: "s", other: "o" };
  function here() {
    const said = new URLSearchParams({ q: data.n + 1, l: state.level });
    if (state.selected) said.set(KEYS[state.selected.type], codeOf(state.selected));
    if (state.selected && state.selected.type === "other") said.set("n", state.selected.layer);
    return "#" + said;
  }
  function remember() { if (location.hash !== here()) location.hash = here(); }
  function goBack() {
    if (location.hash === here()) return;
    const said = new URLSearchParams(location.hash.slice(1)), n = Number(said.get("q") || 1) - 1;
    state.selected = null;
    if (asked[n] && n !== data.n) take(question(n));
    state.level = data.levels[said.get("l")] ? said.get("l") : data.levels[meta.by] ? meta.by : levelNames[0];
    const type = Object.keys(KEYS).find((one) => said.has(KEYS[one]));
    const what = type && { type, level: state.level, layer: Number(said.get("n") || 0), code: said.get(KEYS[type]) };
    shown = AT_ONCE; refresh();
    choose(what && (type !== "other" || others[what.layer]) ? found(what) : null, true, { isBack: true });
  }
  function ask(n) {
    take(question(n));
    refresh(); paintDetail(); paintChange(); markList(); remember();
  }
  const lonOf = (x) => x * 360 - 180, latOf = (y) => Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI;
  const boundsOf = (shape, i) => L.latLngBounds([latOf(shape.box[4 * i + 3]), lonOf(shape.box[4 * i])], [latOf(shape.box[4 * i + 1]), lonOf(shape.box[4 * i + 2])]);
  function find(text) {
    const wanted = text.normalize("NFKC").trim().toLowerCase(), hits = [];
    const look = (type, count, at, extra) => {
      for (let i = 0; i < count && hits.length < 40; i++) {
        const [name, code, initials, address] = at(i);
        const rank = (name || "").toLowerCase().indexOf(wanted) >= 0 || String(code).toLowerCase().startsWith(wanted) || (" " + initials).includes(" " + wanted) || (address || "").toLowerCase().indexOf(wanted) >= 0;
        if (rank) hits.push({ what: { type, index: i, ...extra }, name: named(name), code });
      }
    };
    if (!wanted) return hits;
    for (const name of levelNames) {
      const r = data.levels[name].rows;
      look("unit", r.code.length, (i) => [r.name[i], r.code[i], r.initials[i]], { level: name });
    }
    for (const [type, from, extra] of [["compound", compounds], ["station", stations], ...others.map((other, layer) => ["other", other, { layer }])]) {
      if (from) look(type, from.count, (i) => [from.get("name", i), from.get("code", i), from.initials[i], from.get("address", i)], extra);
    }
    return hits;
  }
  function paintFound() {
    const box = $("found"), text = $("search").value, hits = find(text);
    box.replaceChildren();
    box.hidden = !text.trim();
    for (const hit of hits) {
      const item = element("li"), button = element("button");
      button.type = "button"; button.append(element("span", hit.name), element("span", hit.code));
      button.addEventListener("click", () => { box.hidden = true; choose(hit.what, true); });
      item.append(button); box.append(item);
    }
    if (!hits.length) box.append(element("p", words.searchNothing));
  }
  function refresh() { paintHead(); paintList(); paintLegend(); if (isDrawn) { tiles.redraw(); marks.ask(); } }

  // ---- paper ---------------------------------------------------------------------------------------------
  function paintForPaper() {
    const { across, down, ratio: dots } = ON_PAPER, chosen = state.selected;
    const bounds = chosen && chosen.type === "unit" && has(shapeOf(chosen), chosen.index) ? boxOf(shapeOf(chosen), chosen.index) : extent;
    const canvas = $("print-map"), usual = ratio;
    canvas.width = across * dots; canvas.height = down * dots;
    if (!bounds) return;
    const scale = Math.min((across - 24) / Math.max(bounds[2] - bounds[0], 1e-9), (down - 24) / Math.max(bounds[3] - bounds[1], 1e-9), 256 * 2 ** 18);
    const at = { zoom: Math.log2(scale / 256), scale, across, down, left: (bounds[0] + bounds[2]) / 2 * scale - across / 2, top: (bounds[1] + bounds[3]) / 2 * scale - down / 2 };
    at.view = at.inner = [at.left / scale, at.top / scale, (at.left + across) / scale, (at.top + down) / scale];
    at.taken = [];
    ratio = dots; onPaper = at.zoom;
    $("side").prepend($("detail"));
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.scale(dots, dots);
    pen.fillStyle = INK.panel; pen.fillRect(0, 0, across, down);
    paintGround(pen, at); paintMarks(pen, at); paintLegend();
    ratio = usual;
  }
  function paintForScreen() {
    if (onPaper === null) return;
    onPaper = null; paintLegend(); markList();
  }

  // ---- start ---------------------------------------------------------------------------------------------
  for (const part of page.backdrop) backdrop.push({ kind: part.kind, rank: part.rank, ...(unpack(part)) });
  backdrop.sort((a, b) => (a.kind === "water" ? 0 : 1) - (b.kind === "water" ? 0 : 1));
  take(question(0));
  document.documentElement.lang = meta.lang === "en" ? "en" : "zh-CN";
  const group = (id, label) => make("div", { id, class: "choices", role: "group", "aria-label": label });
  const box = (id, ...inside) => make("div", { id }, ...inside);
  const p = (id) => make("p", { id });
  const explorer = box("explorer",
    make("a", { class: "skip", href: "#list" }, fill(words.each, level().word)),
    make("header", { id: "head" },
      make("div", { class: "titles" }, make("h1", { id: "title" }), p("dated")),
      group("measures", words.measures), group("days", words.days),
      box("sum", make("b", { id: "sum-rate" }), make("div", {}, p("sum-counts"), p("sum-range")))),
    p("synthetic"),
    make("main", {},
      make("section", { id: "list-card", class: "card" },
        make("div", { class: "card-head" }, make("h2", { id: "list-title" }), make("span", { id: "list-order" })),
        group("levels", words.levels),
        box("search-box", make("input", { id: "search", type: "search", autocomplete: "off", "aria-label": words.search, placeholder: words.search }), make("ul", { id: "found", hidden: "" })),
        make("ol", { id: "list" }), make("ol", { id: "foot" }), p("list-rule")),
      make("section", { id: "map-card", class: "card" },
        box("map-frame", map.getContainer(), box("map-tools"), box("pointer")),
        make("canvas", { id: "print-map", "aria-hidden": "true" }), box("legend")),
      box("side", make("section", { id: "detail", class: "card", "aria-live": "polite" }), make("section", { id: "change", class: "card", hidden: "" }))),
    make("footer", {},
      make("label", { id: "review-label", for: "review" }, words.review), " ",
      make("input", { id: "review", type: "text", maxlength: "80", autocomplete: "off", placeholder: words.reviewHint }),
      p("offline"),
      make("details", { id: "about", open: "" }, element("summary", words.about), make("dl", { id: "notes" }))));
  // one page for eyes, readers and searches: the explorer stands where the still page stood
  $("still").replaceWith(explorer);
  $("waiting").remove();
  const questionOf = (id, day) => {
    const fits = (one) => (one.meta.id === id) + (one.meta.asOf === day);
    const best = asked.reduce((a, b) => (fits(b) > fits(a) || (fits(b) === fits(a) && b.meta.id === id && a.meta.id !== id) ? b : a));
    return asked.indexOf(best);
  };
  const several = (id, read, name, other) => {
    const values = [...new Map(asked.map((one) => [read(one.meta), name(one.meta)]))];
    if (values.length < 2) { $(id).remove(); return; }
    for (const [value, text] of values) {
      const button = act(text, () => ask(other(value)));
      button.dataset.value = value; $(id).append(button);
    }
  };
  several("measures", (one) => one.id, (one) => one.measure, (value) => questionOf(value, meta.asOf));
  several("days", (one) => one.asOf, (one) => one.asOf, (value) => asked.findIndex((one) => one.meta.asOf === value && one.meta.id === meta.id) >= 0
    ? asked.findIndex((one) => one.meta.asOf === value && one.meta.id === meta.id) : asked.findIndex((one) => one.meta.asOf === value));
  if (meta.synthetic !== null) $("synthetic").append(element("b", words.synthetic), element("span", meta.synthetic)); else $("synthetic").remove();
  $("list-order").append(words.lowFirst, element("span", `${meta.lang === "en" ? ", " : "，"}${words.unfold}`, "unfold"));
  $("list-rule").textContent = words.rule;
  $("search").addEventListener("input", paintFound);
  $("search-box").addEventListener("focusout", (event) => { if (!$("search-box").contains(event.relatedTarget)) $("found").hidden = true; });
  $("search").addEventListener("focus", () => { if ($("search").value.trim()) paintFound(); });
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") { $("found").hidden = true; event.stopPropagation(); }
    if (event.key === "Enter") { const first = $("found").querySelector("button"); if (first) first.click(); }
  });
  $("review").value = meta.review;
  $("offline").textContent = words.offline;
  refresh(); paintDetail(); paintChange();

  isDrawn = true;
  const boxOf = (shape, i) => shape.box.slice(4 * i, 4 * i + 4);
  let extent = null;
  const cover = (shape) => {
    for (let i = 0; i < shape.features; i++) if (has(shape, i)) {
      const [a, b, c, d] = boxOf(shape, i);
      extent = extent ? [Math.min(extent[0], a), Math.min(extent[1], b), Math.max(extent[2], c), Math.max(extent[3], d)] : [a, b, c, d];
    }
  };
  cover(shapes.levels[state.level]);
  if (!extent) for (const shape of Object.values(shapes.levels)) cover(shape);
  if (!extent && shapes.compounds) cover(shapes.compounds);
  const all = extent && L.latLngBounds([latOf(extent[3]), lonOf(extent[0])], [latOf(extent[1]), lonOf(extent[2])]);
  function fit() { if (all) map.fitBounds(all, { padding: [12, 12], maxZoom: 17, animate: false }); }
  map.getContainer().setAttribute("aria-label", words.mapLabel);
  map.options.zoomSnap = 0.25;
  map.invalidateSize({ animate: false });
  if (TOUCH.matches) map.dragging.disable(); // one finger moves the page, two the map
  fit();
  if (all) { map.setMinZoom(map.getZoom() - 1); map.setMaxBounds(all.pad(0.4)); }
  map.addLayer(tiles); map.addLayer(marks);
  const Rule = L.Control.Scale.extend({
    _updateMetric(most) { // the widget's own words are m and km
      const metres = this._getRoundNum(most);
      this._updateScale(this._mScale, metres < 1000 ? fill(words.metres, metres) : fill(words.kilometres, metres / 1000), metres / most);
    },
  });
  new Rule({ imperial: false, position: "bottomleft" }).addTo(map);
  for (const [sign, text, does] of [["+", words.zoomIn, () => map.zoomIn(1)], ["−", words.zoomOut, () => map.zoomOut(1)], ["⤢", words.fit, () => { if (state.selected) choose(null, true); else fit(); }]]) {
    const button = act(sign, does);
    button.title = text; button.setAttribute("aria-label", text);
    $("map-tools").append(button);
  }
  let wasNear = isNear();
  map.on("zoomend", () => { if (isNear() !== wasNear) { wasNear = isNear(); paintLegend(); } });
  paintLegend();
  map.on("mousemove", (event) => { $("pointer").textContent = `${event.latlng.lng.toFixed(5)}, ${event.latlng.lat.toFixed(5)} WGS 84`; });
  map.on("click", (event) => {
    const x = worldX(event.latlng.lng), y = worldY(event.latlng.lat), scale = 256 * 2 ** map.getZoom(), touched = { isTouched: true };
    if (stations && state.stations && (map.getZoom() >= NEAR || stations.count <= 40)) {
      for (let i = stations.count - 1; i >= 0; i--) {
        const at = stations.spots[i];
        if (at && Math.hypot((worldX(at[0]) - x) * scale, (worldY(at[1]) - y) * scale) < 10) return choose({ type: "station", index: i }, false, touched);
      }
    }
    for (const [layer, other] of [...others.entries()].reverse()) {
      if (!isOtherShown(other, map.getZoom())) continue;
      const near = other.spots.findIndex((at) => at && Math.hypot((worldX(at[0]) - x) * scale, (worldY(at[1]) - y) * scale) < 6);
      const index = near >= 0 ? near : hit(shapes.others[layer], x, y);
      if (index >= 0) return choose({ type: "other", layer, index }, false, touched);
    }
    if (isNear() && shapes.compounds) { const i = hit(shapes.compounds, x, y); if (i >= 0) return choose({ type: "compound", index: i }, false, touched); }
    const i = hit(shapes.levels[state.level], x, y);
    if (i >= 0) choose({ type: "unit", level: state.level, index: i }, false, touched);
    return undefined;
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape" && state.selected) choose(null, true); });
  addEventListener("hashchange", goBack);
  addEventListener("beforeprint", paintForPaper);
  addEventListener("afterprint", paintForScreen);
  NARROW.addEventListener("change", () => { if (onPaper !== null) return; markList(); map.invalidateSize({ animate: false }); });
  if (location.hash) goBack();
  document.body.dataset.ready = "yes"; // tests wait for it
})();
