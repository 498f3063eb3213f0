// Reads a tablet's run of QR codes by camera, where the browser can: each code goes into the form once; the last one sends it.

const CODE = /^HO1[ZP]\/([0-9A-F]{8})\/(\d+)\/(\d+)\/[0-9A-F]{8}\/[^]+\/$/;
const LOOK_EVERY = 150;

async function canRead() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return false;
  return (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

class Reader {
  constructor(form) {
    this.form = form;
    this.viewer = form.querySelector("[data-viewer]");
    this.video = form.querySelector("video");
    this.progress = form.querySelector("[data-progress]");
    this.texts = new Set(form.elements.codes.value.split("\n").filter(Boolean));
    this.detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  }

  async start() {
    this.viewer.hidden = false;
    this.progress.textContent = this.progress.dataset.wait;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
    } catch {
      this.progress.textContent = this.progress.dataset.denied;
      return;
    }
    this.video.srcObject = this.stream;
    await this.video.play();
    this.look();
  }

  async look() {
    const seen = await this.detector.detect(this.video).catch(() => []);
    for (const { rawValue } of seen) if (CODE.test(rawValue)) this.take(rawValue);
    if (!this.isSent) setTimeout(() => this.look(), LOOK_EVERY);
  }

  take(text) {
    this.texts.add(text);
    const [, id, , count] = CODE.exec(text);
    const known = new Set([...this.texts].map((one) => CODE.exec(one)).filter((m) => m?.[1] === id).map((m) => m[2]));
    const { progress } = this;
    progress.textContent = progress.dataset.text.replace("{k}", known.size).replace("{n}", count);
    if (known.size < Number(count) || this.isSent) return;
    this.isSent = true;
    for (const track of this.stream.getTracks()) track.stop();
    this.form.elements.codes.value = [...this.texts].join("\n");
    this.form.requestSubmit();
  }
}

async function start(form) {
  if (!(await canRead())) return;
  const button = form.querySelector("[data-camera]");
  button.hidden = false;
  button.addEventListener("click", () => new Reader(form).start());
}

start(document.getElementById("hand-over"));
