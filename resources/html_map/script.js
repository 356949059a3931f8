"use strict";
(async () => {
  const data = JSON.parse(document.getElementById("registry-data").textContent);
  const { meta, words, palette: INK, bands } = data;
  const FACE = '"Microsoft YaHei UI","PingFang SC","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif';
  const TILE = 560; // divides by both hatch periods, so that hatching meets at the tiles' edges
  const AT_ONCE = 300;
  const NEAR = 13;
  const ratio = Math.max(1, Math.min(3, window.devicePixelRatio || 1));
  const $ = (id) => document.getElementById(id);
  const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, place) => values[place]);
  const element = (tag, text, classes) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (classes) made.className = classes;
    return made;
  };
  const number = (value) => Number.isInteger(value)
    ? value.toLocaleString("en-US") : value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = (value) => {
    if (value === null) return "—";
    let tenths = Math.round(value * 1000);
    if (tenths === 1000 && value < 1) tenths = 999;
    if (tenths === 0 && value > 0) tenths = 1;
    return (tenths / 10).toFixed(1) + "%";
  };

  // ---- content -------------------------------------------------------------------------------------------
  const column = (cells) => Array.isArray(cells) ? cells : cells.at.map((place) => cells.of[place]);
  const records = (raw) => {
    if (!raw) return null;
    const values = {};
    for (const [name] of raw.columns) values[name] = column(raw.values[name]);
    const spots = raw.spots || values.lon.map((lon, i) => lon === null ? null : [lon, values.lat[i]]);
    return { ...raw, values, spots, count: raw.initials.length, get: (name, i) => values[name] ? values[name][i] : null };
  };
  const compounds = records(data.compounds);
  const stations = records(data.stations);
  // the letter on a kind's badge: the first of its words that no other kind has taken
  const letters = {};
  for (const kind of stations ? [...new Set(stations.values.kind)].filter(Boolean).sort() : []) {
    const own = [...kind].filter((letter) => letter.trim()), taken = Object.values(letters);
    letters[kind] = own.find((letter) => !taken.includes(letter)) || own[0];
  }
  const zones = records(data.zones);
  const others = data.others.map((raw, n) => ({ ...records(raw), words: raw.words, key: "other" + n }));
  const levelNames = Object.keys(data.levels);
  const figuresOf = (cells, hidden) => ({
    covered: cells[0], uncovered: cells[1], unknown: cells[2], total: cells[3],
    rate: cells[4], low: cells[5], high: cells[6], hidden: Boolean(hidden),
  });
  for (const level of Object.values(data.levels)) {
    const r = level.rows;
    level.figures = r.code.map((_, i) => figuresOf(
      [r.covered[i], r.uncovered[i], r.unknown[i], r.total[i], r.rate[i], r.low[i], r.high[i]], r.hidden[i]));
    level.at = new Map(r.code.map((code, i) => [code, i]));
    level.sum = figuresOf(level.total.cells, level.total.hidden);
    level.rest = figuresOf(level.unplaced.cells, level.unplaced.hidden);
  }
  const named = (name) => name || words.unnamed;

  // ---- outlines ------------------------------------------------------------------------------------------
  const worldX = (lon) => (lon + 180) / 360;
  const worldY = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) / (2 * Math.PI);
  async function unpack(packed) {
    const bytes = Uint8Array.from(atob(packed.packed), (letter) => letter.charCodeAt(0));
    const plain = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
    const { features, rings, points } = packed;
    const ringsOf = new Uint32Array(plain, 0, features);
    const pointsOf = new Uint32Array(plain, 4 * features, rings);
    const first = new Int32Array(plain, 4 * (features + rings), 2 * rings);
    const steps = new Int16Array(plain, 4 * (features + 3 * rings), 2 * (points - rings));
    const ringAt = new Uint32Array(features + 1), pointAt = new Uint32Array(rings + 1);
    for (let i = 0; i < features; i++) ringAt[i + 1] = ringAt[i] + ringsOf[i];
    for (let i = 0; i < rings; i++) pointAt[i + 1] = pointAt[i] + pointsOf[i];
    const X = new Float64Array(points), Y = new Float64Array(points), box = new Float64Array(4 * features);
    const half = points - rings;
    for (let r = 0, step = 0; r < rings; r++) {
      let x = first[r] + packed.origin[0], y = first[rings + r] + packed.origin[1];
      for (let p = pointAt[r]; p < pointAt[r + 1]; p++) {
        if (p > pointAt[r]) { x += steps[step]; y += steps[half + step]; step++; }
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
  const state = { level: meta.by, compounds: Boolean(compounds), stations: Boolean(stations), zones: Boolean(zones), names: true, roads: true, selected: null };
  for (const other of others) state[other.key] = true;
  const level = () => data.levels[state.level];
  const classOf = (rate) => bands.limits.filter((limit) => rate >= limit).length;
  function look(figures) {
    if (figures.hidden) return { fill: INK.no_data, hatch: true };
    if (!figures.total) return { fill: INK.no_data, hatch: false };
    if (figures.rate === null) return { fill: INK.paper, hatch: true };
    const ramp = isNear() ? INK.wash : INK.seq;
    return { fill: ramp[classOf(figures.rate)], hatch: figures.unknown / figures.total >= bands.unknownFrom };
  }
  // from here on compounds are large enough to draw; the paler classes then lie under them
  const isNear = () => state.compounds && Boolean(shapes.ready) && map.getZoom() >= NEAR;
  const hatches = new Map();
  function hatch(context, period, colour, alpha, width = 1.2) {
    const key = [period, colour, alpha].join();
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
  const shapes = { levels: {}, compounds: null, zones: null, others: [], backdrop: [] };
  function paintTile(context, coords) {
    const scale = 256 * 2 ** coords.z, left = coords.x * TILE, top = coords.y * TILE, edge = 10;
    const view = [(left - edge) / scale, (top - edge) / scale, (left + TILE + edge) / scale, (top + TILE + edge) / scale];
    context.lineJoin = "round";
    const units = shapes.levels[state.level];
    const near = coords.z >= 14;
    for (let i = 0; i < units.features; i++) {
      if (!meets(units, i, view)) continue;
      const { fill: colour, hatch: isHatched } = look(level().figures[i]);
      trace(context, units, i, scale, left, top);
      context.fillStyle = colour; context.fill("evenodd");
      if (isHatched) { context.fillStyle = hatch(context, near ? WIDE : SMALL, INK.t1, 0.28); context.fill("evenodd"); }
    }
    for (const part of shapes.backdrop) {
      if (part.kind === "road" && (!state.roads || coords.z < 11.5 + part.rank)) continue;
      for (let i = 0; i < part.features; i++) {
        if (!meets(part, i, view)) continue;
        trace(context, part, i, scale, left, top, part.kind === "water");
        if (part.kind === "water") { context.fillStyle = INK.water; context.fill("evenodd"); }
        else { context.strokeStyle = INK.road; context.lineWidth = Math.max(0.5, Math.min(6, 2 ** (coords.z - 13.5 - 0.8 * part.rank))); context.stroke(); }
      }
    }
    for (const name of [...levelNames].reverse()) {
      const lines = shapes.levels[name];
      const isTop = name === "district" || name === "street";
      if (!isTop && name !== state.level && coords.z < 13.5) continue;
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
    if (shapes.compounds && isNear()) paintCompounds(context, coords.z, scale, left, top, view);
    if (areZonesShown(coords.z)) paintZones(context, coords.z, scale, left, top, view);
    others.forEach((other, n) => { if (isOtherShown(other, coords.z)) paintOther(context, shapes.others[n], scale, left, top, view); });
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
  const areZonesShown = (zoom) => Boolean(shapes.zones) && state.zones && zoom >= 12.5;
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
      paintTile(context, coords);
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
      on.on("move zoom viewreset resize moveend", this.ask, this);
      this.ask();
    },
    ask() {
      if (!this._asked) this._asked = requestAnimationFrame(() => { this._asked = 0; this.paint(); });
    },
    paint() {
      const size = this._map.getSize(), canvas = this._canvas;
      if (canvas.width !== Math.round(size.x * ratio) || canvas.height !== Math.round(size.y * ratio)) {
        canvas.width = Math.round(size.x * ratio); canvas.height = Math.round(size.y * ratio);
        canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
      }
      L.DomUtil.setPosition(canvas, this._map.containerPointToLayerPoint([0, 0]));
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.x, size.y);
      const zoom = this._map.getZoom(), scale = 256 * 2 ** zoom, corner = this._map.getPixelBounds().min;
      const view = [corner.x / scale, corner.y / scale, (corner.x + size.x) / scale, (corner.y + size.y) / scale];
      paintMarks(context, { zoom, scale, left: corner.x, top: corner.y, view });
    },
  });
  const tiles = new Tiles({ tileSize: TILE, updateWhenZooming: true, keepBuffer: 1, noWrap: true });
  const marks = new Marks();

  function paintMarks(context, at) {
    const taken = [];
    const spot = (lonlat) => lonlat && { x: worldX(lonlat[0]) * at.scale - at.left, y: worldY(lonlat[1]) * at.scale - at.top };
    const isFree = (box) => !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
    const seen = (p) => p && p.x > -60 && p.y > -30 && p.x < at.view[2] * at.scale - at.left + 60 && p.y < at.view[3] * at.scale - at.top + 30;
    context.textAlign = "center"; context.textBaseline = "middle"; context.lineJoin = "round";
    function label(lines, p, { size, bold, colour = INK.t1, halo = true, room = Infinity, always = false }) {
      if (!seen(p)) return;
      context.font = `${bold ? "bold " : ""}${size}px ${FACE}`;
      const width = Math.max(...lines.map((line) => context.measureText(line).width)), height = lines.length * (size + 2);
      if (width * 1.1 > room) return;
      const box = [p.x - width / 2 - 2, p.y - height / 2 - 1, p.x + width / 2 + 2, p.y + height / 2 + 1];
      if (!always && !isFree(box)) return;
      taken.push(box);
      lines.forEach((line, n) => {
        const y = p.y + (n - (lines.length - 1) / 2) * (size + 2);
        context.font = `${bold && n === 0 ? "bold " : ""}${n === 0 ? size : 12}px ${FACE}`;
        if (halo) { context.strokeStyle = INK.casing; context.lineWidth = 3; context.strokeText(line, p.x, y); }
        context.fillStyle = colour; context.fillText(line, p.x, y);
      });
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
    const unitLabel = (name, i, options) => {
      const one = data.levels[name], figures = one.figures[i], shape = shapes.levels[name];
      if (!meets(shape, i, at.view)) return;
      const lines = [named(one.rows.name[i])];
      if (name === state.level && !figures.hidden && figures.total) {
        lines.push(figures.rate === null || isThin(figures) ? known(figures)
          : isNear() && name === "grid" ? fraction(figures) : percent(figures.rate));
      }
      const isChosen = chosen && chosen.type === "unit" && chosen.level === name && chosen.index === i;
      label(lines, spot(one.spots[i]), { ...options, colour: isChosen ? INK.accent : INK.t1, room: options.fits ? (shape.box[4 * i + 2] - shape.box[4 * i]) * at.scale : Infinity });
    };
    const order = ["district", "street", "community", "grid"].filter((name) => data.levels[name]);
    for (const name of order) {
      const isCurrent = name === state.level;
      if (name === "district" && (!isCurrent || data.levels[name].rows.code.length > 60)) continue;
      if (name === "community" && !isCurrent && at.zoom < 14.5) continue;
      if (name === "grid" && !isCurrent) continue;
      const big = name === "district" || name === "street";
      for (let i = 0; i < data.levels[name].rows.code.length; i++) {
        unitLabel(name, i, { size: big ? 14 : name === "community" ? 13 : 12, bold: name !== "grid", fits: !big });
      }
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
    return [element("span", name, "name"), bar(figures), element("span", rateText(figures), "rate"), nd];
  }
  let shown = AT_ONCE;
  function paintList() {
    const one = level(), list = $("list");
    const key = (f) => f.hidden ? 3 : f.rate === null ? 2 : f.rate;
    const order = one.figures.map((_, i) => i).sort((a, b) => key(one.figures[a]) - key(one.figures[b])
      || one.figures[b].total - one.figures[a].total || (one.rows.code[a] < one.rows.code[b] ? -1 : 1));
    list.replaceChildren();
    for (const i of order.slice(0, shown)) {
      const item = element("li"), button = element("button");
      button.type = "button"; button.dataset.code = one.rows.code[i];
      button.append(...cells(named(one.rows.name[i]), one.figures[i]));
      button.addEventListener("click", () => choose({ type: "unit", level: state.level, index: i }, true));
      item.append(button); list.append(item);
    }
    if (order.length > shown) {
      const item = element("li"), button = element("button", fill(words.more, order.length - shown));
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
    for (const button of $("list").querySelectorAll("button")) button.setAttribute("aria-current", String(button.dataset.code === code && code !== null));
  }
  function paintHead() {
    const sum = level().sum;
    $("sum-rate").textContent = rateText(sum) || "—";
    $("sum-counts").textContent = sum.hidden ? words.hiddenWhy : fill(words.counts, number(sum.covered), number(sum.uncovered), number(sum.unknown));
    $("sum-range").textContent = sum.hidden ? "" : [fraction(sum), beside(sum)].filter(Boolean).join(" · ");
    $("list-title").textContent = fill(words.each, level().word);
    for (const button of $("levels").children) button.setAttribute("aria-pressed", String(button.dataset.level === state.level));
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
      made.append(tick, element("span", text)); legend.append(made);
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
    if (data.backdrop.length) toggle("roads", words.roads);
  }
  function chips(parent, title, indices, status) {
    if (!indices.length) return;
    parent.append(element("h3", fill(title, indices.length)));
    const box = element("div", undefined, "chips");
    const add = (from, until) => {
      for (const i of indices.slice(from, until)) {
        const chip = element("button", named(compounds.get("name", i)), status);
        chip.type = "button"; chip.addEventListener("click", () => choose({ type: "compound", index: i }, true));
        box.append(chip);
      }
      if (indices.length > until) {
        const more = element("button", fill(words.more, indices.length - until), "unknown");
        more.addEventListener("click", () => { more.remove(); add(until, until + AT_ONCE); });
        box.append(more);
      }
    };
    add(0, 60);
    parent.append(box);
  }
  const pair = (list, label, value) => { if (value !== null && value !== undefined && value !== "") list.append(element("dt", label), element("dd", String(value))); };
  function paintDetail() {
    const panel = $("detail"), chosen = state.selected;
    panel.replaceChildren();
    if (!chosen || chosen.type === "unit") {
      const one = chosen ? data.levels[chosen.level] : level();
      const f = chosen ? one.figures[chosen.index] : one.sum, code = chosen ? one.rows.code[chosen.index] : null;
      panel.append(element("h2", chosen ? named(one.rows.name[chosen.index]) : meta.title));
      panel.append(element("p", chosen ? `${one.word} ${code}` : words.clickMap, "t2"));
      const row = element("div", undefined, "row");
      if (f.hidden) row.append(element("span", words.hiddenWhy, "t2"));
      else row.append(element("span", rateText(f), "big"), element("span", fraction(f), "t2"));
      panel.append(row);
      if (!f.hidden && f.total) panel.append(element("p", fill(words.counts, number(f.covered), number(f.uncovered), number(f.unknown)), "t2"), element("p", beside(f), "t2"), bar(f));
      if (chosen && !has(shapes.levels[chosen.level] || { ringAt: [0, 0] }, chosen.index)) panel.append(element("p", words.noOutline, "t2"));
      if (compounds && meta.hasStatus && compounds.values.status && (!chosen || compounds.values[chosen.level])) {
        const of = (status) => compounds.values.status.map((_, i) => i).filter((i) => compounds.values.status[i] === status && (!chosen || compounds.values[chosen.level][i] === code));
        chips(panel, words.uncoveredOnes, of("uncovered"), "uncovered");
        chips(panel, words.unknownOnes, of("unknown"), "unknown");
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
  function choose(what, go) {
    state.selected = what;
    if (what.type === "unit" && what.level !== state.level) { state.level = what.level; shown = AT_ONCE; refresh(); }
    paintDetail(); markList(); marks.ask();
    if (go && shapes.ready) {
      if (what.type === "station") { if (stations.spots[what.index]) map.setView([stations.spots[what.index][1], stations.spots[what.index][0]], Math.max(16, map.getZoom())); }
      else {
        const shape = shapeOf(what);
        if (has(shape, what.index)) map.fitBounds(boundsOf(shape, what.index).pad(what.type === "unit" ? 0.15 : 1.2), { maxZoom: 18 });
      }
    }
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
  function refresh() { paintHead(); paintList(); paintLegend(); if (shapes.ready) { tiles.redraw(); marks.ask(); } }

  // ---- start ---------------------------------------------------------------------------------------------
  document.documentElement.lang = meta.lang === "en" ? "en" : "zh-CN";
  document.title = `${meta.title} ${meta.measure}`;
  $("title").textContent = `${meta.title}　${meta.measure}`;
  $("dated").textContent = [`${words.asOf} ${meta.asOf}`, meta.weightWords, meta.audience].join(" · ");
  for (const name of levelNames) {
    const button = element("button", data.levels[name].word);
    button.type = "button"; button.dataset.level = name;
    button.addEventListener("click", () => { state.level = name; state.selected = null; shown = AT_ONCE; refresh(); paintDetail(); });
    $("levels").append(button);
  }
  $("levels").hidden = levelNames.length < 2;
  if (meta.synthetic !== null) { $("synthetic").hidden = false; $("synthetic").append(element("b", words.synthetic), element("span", meta.synthetic)); }
  $("list-order").textContent = words.lowFirst;
  $("list-rule").textContent = words.rule;
  $("search").placeholder = words.search; $("search").setAttribute("aria-label", words.search);
  $("search").addEventListener("input", paintFound);
  $("search-box").addEventListener("focusout", (event) => { if (!$("search-box").contains(event.relatedTarget)) $("found").hidden = true; });
  $("search").addEventListener("focus", () => { if ($("search").value.trim()) paintFound(); });
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") $("found").hidden = true;
    if (event.key === "Enter") { const first = $("found").querySelector("button"); if (first) first.click(); }
  });
  $("review-label").textContent = words.review; $("review").placeholder = words.reviewHint; $("review").value = meta.review;
  $("offline").textContent = words.offline;
  $("about").querySelector("summary").textContent = words.about;
  for (const [label, text] of meta.notes) pair($("notes"), label, text);
  refresh(); paintDetail();

  if (typeof DecompressionStream === "undefined") { $("banner").textContent = words.oldBrowser; $("banner").hidden = false; return; }
  for (const name of levelNames) shapes.levels[name] = await unpack(data.levels[name].outline);
  if (compounds) shapes.compounds = await unpack(compounds.outline);
  if (zones) shapes.zones = await unpack(zones.outline);
  for (const other of others) shapes.others.push(await unpack(other.outline));
  for (const part of data.backdrop) shapes.backdrop.push({ kind: part.kind, rank: part.rank, ...(await unpack(part)) });
  shapes.backdrop.sort((a, b) => (a.kind === "water" ? 0 : 1) - (b.kind === "water" ? 0 : 1));
  shapes.ready = true;
  const all = L.latLngBounds([]);
  const main = shapes.levels[state.level];
  const cover = (shape) => { for (let i = 0; i < shape.features; i++) if (has(shape, i)) all.extend(boundsOf(shape, i)); };
  cover(main);
  if (!all.isValid()) { for (const shape of Object.values(shapes.levels)) cover(shape); }
  if (!all.isValid() && shapes.compounds) cover(shapes.compounds);
  const fit = () => { if (all.isValid()) map.fitBounds(all, { padding: [12, 12], maxZoom: 17 }); };
  map.getContainer().setAttribute("aria-label", words.mapLabel);
  map.options.zoomSnap = 0.25;
  fit();
  map.addLayer(tiles); map.addLayer(marks);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  for (const [sign, text, act] of [["+", words.zoomIn, () => map.zoomIn(1)], ["−", words.zoomOut, () => map.zoomOut(1)], ["⤢", words.fit, fit]]) {
    const button = element("button", sign);
    button.type = "button"; button.title = text; button.setAttribute("aria-label", text);
    button.addEventListener("click", act); $("map-tools").append(button);
  }
  let wasNear = isNear();
  map.on("zoomend", () => { if (isNear() !== wasNear) { wasNear = isNear(); paintLegend(); } });
  paintLegend();
  map.on("mousemove", (event) => { $("pointer").textContent = `${event.latlng.lng.toFixed(5)}, ${event.latlng.lat.toFixed(5)} WGS 84`; });
  map.on("click", (event) => {
    const x = worldX(event.latlng.lng), y = worldY(event.latlng.lat), scale = 256 * 2 ** map.getZoom();
    if (stations && state.stations && (map.getZoom() >= NEAR || stations.count <= 40)) {
      for (let i = stations.count - 1; i >= 0; i--) {
        const at = stations.spots[i];
        if (at && Math.hypot((worldX(at[0]) - x) * scale, (worldY(at[1]) - y) * scale) < 10) return choose({ type: "station", index: i });
      }
    }
    const hit = (shape) => {
      for (let i = shape.features - 1; i >= 0; i--) if (meets(shape, i, [x, y, x, y]) && isInside(shape, i, x, y)) return i;
      return -1;
    };
    for (const [layer, other] of [...others.entries()].reverse()) {
      if (!isOtherShown(other, map.getZoom())) continue;
      const i = other.spots.findIndex((at) => at && Math.hypot((worldX(at[0]) - x) * scale, (worldY(at[1]) - y) * scale) < 6);
      const found = i >= 0 ? i : hit(shapes.others[layer]);
      if (found >= 0) return choose({ type: "other", layer, index: found });
    }
    if (shapes.compounds && isNear()) { const i = hit(shapes.compounds); if (i >= 0) return choose({ type: "compound", index: i }); }
    const i = hit(shapes.levels[state.level]);
    if (i >= 0) choose({ type: "unit", level: state.level, index: i });
    return undefined;
  });
  document.body.dataset.ready = "yes"; // tests wait for it
})();
