// Draws the frames of `ganlab.course.playground.shown` over a picture of what stands still.

function opened(bytes) {
  const view = new DataView(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
  if (view.byteLength < 4) return null;
  const size = view.getUint32(0, true);
  const start = view.byteOffset + 4;
  const text = new TextDecoder().decode(new Uint8Array(view.buffer, start, size));
  // A copy, so that float32 numbers begin at a multiple of four bytes.
  const data = view.buffer.slice(start + size, view.byteOffset + view.byteLength);
  return { ...JSON.parse(text), data };
}

function path(ctx, xy) {
  ctx.beginPath();
  let down = false;
  for (let i = 0; i < xy.length; i += 2) {
    if (Number.isNaN(xy[i]) || Number.isNaN(xy[i + 1])) down = false;
    else if (down) ctx.lineTo(xy[i], xy[i + 1]);
    else {
      ctx.moveTo(xy[i], xy[i + 1]);
      down = true;
    }
  }
}

const ALIGN = { left: "left", center: "center", right: "right" };
const BASE = { top: "top", center: "middle", baseline: "alphabetic", bottom: "bottom" };

const SMALL = 3; // pixels; a square of that size looks like a disc
const stamps = new Map();

// A disc of a colour and radius, drawn once.
function stamp(colour, r, scale) {
  const key = `${colour} ${r} ${scale}`;
  if (!stamps.has(key)) {
    const disc = document.createElement("canvas");
    disc.width = disc.height = Math.ceil(2 * (r + 1) * scale);
    const ctx = disc.getContext("2d");
    ctx.scale(disc.width / (2 * (r + 1)), disc.width / (2 * (r + 1)));
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.arc(r + 1, r + 1, r, 0, 7);
    ctx.fill();
    stamps.set(key, disc);
  }
  return stamps.get(key);
}

const DRAW = {
  line(ctx, s, xy) {
    ctx.lineWidth = s.w;
    ctx.setLineDash(s.dash);
    ctx.lineJoin = "round";
    path(ctx, xy);
    ctx.stroke();
  },
  area(ctx, s, xy) {
    path(ctx, xy);
    ctx.fill();
  },
  // Thousands a frame: a path for each would take the browser longer than all the rest.
  dots(ctx, s, xy) {
    const r = s.s / 2;
    if (s.s <= SMALL) {
      const side = s.s * Math.sqrt(Math.PI / 4); // as much ink as a disc has
      for (let i = 0; i < xy.length; i += 2)
        ctx.fillRect(xy[i] - side / 2, xy[i + 1] - side / 2, side, side);
      return;
    }
    const disc = stamp(s.c, r, ctx.getTransform().a);
    const wide = r + 1;
    for (let i = 0; i < xy.length; i += 2)
      ctx.drawImage(disc, xy[i] - wide, xy[i + 1] - wide, 2 * wide, 2 * wide);
  },
  crosses(ctx, s, xy) {
    const r = s.s / 2;
    ctx.lineWidth = s.w;
    ctx.setLineDash([]);
    ctx.beginPath();
    for (let i = 0; i < xy.length; i += 2) {
      ctx.moveTo(xy[i] - r, xy[i + 1] - r);
      ctx.lineTo(xy[i] + r, xy[i + 1] + r);
      ctx.moveTo(xy[i] - r, xy[i + 1] + r);
      ctx.lineTo(xy[i] + r, xy[i + 1] - r);
    }
    ctx.stroke();
  },
  arrows(ctx, s, xy) {
    ctx.lineWidth = 1.6;
    ctx.setLineDash([]);
    for (let i = 0; i < xy.length; i += 4) {
      const [x0, y0, x1, y1] = xy.subarray(i, i + 4);
      const length = Math.hypot(x1 - x0, y1 - y0);
      if (!(length > 0.5)) continue;
      const turn = Math.atan2(y1 - y0, x1 - x0);
      const head = Math.min(6, length);
      ctx.beginPath();
      ctx.moveTo(x0, y0);
      ctx.lineTo(x1, y1);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x1, y1);
      for (const side of [2.7, -2.7])
        ctx.lineTo(x1 + head * Math.cos(turn + side), y1 + head * Math.sin(turn + side));
      ctx.fill();
    }
  },
  text(ctx, s, xy) {
    ctx.font = `${s.s}px "DejaVu Sans", Verdana, sans-serif`;
    ctx.textAlign = ALIGN[s.ha] ?? "left";
    ctx.textBaseline = BASE[s.va] ?? "alphabetic";
    ctx.fillText(s.t, xy[0], xy[1]);
  },
};

function picture(ctx, s, data, spare) {
  const [width, height] = s.size;
  spare.width = width;
  spare.height = height;
  const pixels = new ImageData(new Uint8ClampedArray(data, s.at, s.n), width, height);
  spare.getContext("2d").putImageData(pixels, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.imageSmoothingQuality = "low"; // bilinear, as matplotlib's
  ctx.drawImage(spare, ...s.box);
}

const EACH = 2; // frames from one telling to the next: each costs the kernel as much as some steps

function render({ model, el }) {
  const canvas = document.createElement("canvas");
  const spare = document.createElement("canvas");
  canvas.className = "ganlab-live";
  canvas.setAttribute("role", "img");
  el.appendChild(canvas);
  let still = null;
  let waiting = false;
  let loads = 0;
  let gone = false;
  let told = -EACH; // the number of the last frame that the kernel was told of

  function draw() {
    waiting = false;
    const frame = gone || !still ? null : opened(model.get("frame"));
    if (!frame) return;
    const scale = Math.max(1, window.devicePixelRatio || 1);
    const [width, height] = [Math.round(still.width * scale), Math.round(still.height * scale)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const ctx = canvas.getContext("2d", { alpha: false });
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.drawImage(still, 0, 0);
    for (const s of frame.shapes) {
      ctx.save();
      if (s.clip) {
        ctx.beginPath();
        ctx.rect(...s.clip);
        ctx.clip();
      }
      if (s.k === "picture") picture(ctx, s, frame.data, spare);
      else {
        ctx.globalAlpha = s.a;
        ctx.fillStyle = ctx.strokeStyle = s.c;
        DRAW[s.k](ctx, s, new Float32Array(frame.data, s.at, s.n));
      }
      ctx.restore();
    }
    canvas.dataset.frame = frame.number; // for whoever watches the page
    if (frame.number < told + EACH && frame.number >= told) return;
    told = frame.number;
    model.send({ drawn: told });
  }

  function later() {
    if (waiting || gone) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  async function load() {
    const bytes = model.get("still");
    if (!bytes?.byteLength) return;
    const mine = ++loads;
    const next = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    if (mine !== loads) return;
    still = next;
    later();
  }

  function name() {
    canvas.setAttribute("aria-label", model.get("alt"));
  }

  model.on("change:still", load);
  model.on("change:frame", later);
  model.on("change:alt", name);
  name();
  load();
  model.send({ ready: true });
  return () => {
    gone = true;
    model.off("change:still", load);
    model.off("change:frame", later);
    model.off("change:alt", name);
  };
}

export default { render };
