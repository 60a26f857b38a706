import type { Catalogue } from '../catalogue';
import type { graphs as english } from '../en/graphs';

export const graphs: Pick<Catalogue['engine'], keyof typeof english> = {
  asYouSay: 'seperti kata Anda',
  asExported: 'seperti yang dibuat alat-alat yang mengekspor keluaran ini',
  layoutOpen: 'graf membiarkannya terbuka; kebanyakan seperti ini',
  notesHaveSize: 'catatan graf menyebutnya (imgsz)',
  onlyItReads: (outputs) => `hanya ini yang membaca ${outputs}`,
  greyLogarithms: (outputs, longest) =>
    `${outputs}: pada gambar abu-abu sisi terpanjangnya ${longest}, tampaknya logaritma`,
  greyPixels: (outputs, longest) => `${outputs}: pada gambar abu-abu sisi terpanjangnya ${longest}, tampaknya piksel`,
  hundredQueries: (outputs) => `${outputs}: DETR punya 100 kueri, penerusnya lain`,
  couldBe: (outputs, heads) => `${outputs} bisa berarti ${heads}`,
  eightBits: 'graf menerima bilangan bulat 8 bit',
  likeRfDetr: 'keluarannya dinamai seperti RF-DETR menamainya',
  notesName: 'catatan graf menamainya',
  namesNone: 'graf menilai sebanyak ini dan tidak menamainya; sebutkan namanya',
  squareInput: 'masukannya persegi, jadi sama saja',
  likeRtDetr: 'seperti yang diminta RT-DETR dan D-FINE',
  onceEach: 'graf memberi tiap benda satu kali',
  notesSay: 'menurut catatan graf',
  notesSilent: 'catatan graf tidak menyebutnya; sebutkan',

  noGraph: (path) => `Tidak ada berkas ONNX ${path}`,
  graphUnread: (path, why) => `Berkas model ${path} tidak dapat dibaca sebagai graf ONNX: ${why}`,
  inputUnfit: (model, why) => `Masukan ${model} tidak cocok: ${why}`,
  graphHas: (why, ports) => `${why}, graf punya: ${ports}`,
  oneImage: 'diperlukan satu masukan [1, 3, tinggi, lebar] atau [1, tinggi, lebar, 3]',
  threeChannels: 'diperlukan satu masukan dengan tiga kanal',
  sizeUnknown: 'diperlukan masukan yang ukurannya diketahui; sebutkan ukurannya',
  otherElement: 'diperlukan masukan float32 atau uint8; ekspor grafnya dalam presisi tunggal',
  cardSays: (shape) => `kartunya menyebut ${shape}`,
  noHead: (model, found, known) =>
    `Keluaran ${model} tidak cocok dengan satu jenis pun. Ditemukan: ${found}. Yang dikenal: ${known}`,
  labelsUnfit: (model, why) => `Label ${model} tidak cocok: ${why}`,
  youNameOther: (scored, named) => `graf menilai ${scored} label dan Anda menyebut ${named}`,
  notesNameOther: (scored, named) => `graf menilai ${scored} label dan catatannya menyebut ${named}`,
  labelsUnknown: 'graf tidak menamainya dan tidak menyebut berapa yang dikenalnya; sebutkan namanya',
  noneNamed: 'tidak ada yang dinamai. Namai di kartunya, menurut urutan graf',
  classBeyond: (found, named) =>
    `graf memberi kotak kelas ${found}, sedangkan yang dinamai ${named}, dihitung dari 0. Namai di kartunya, menurut urutan graf`,
  cardUnusable: (model, why) => `Kartu ${model} tidak dapat dipakai: ${why}`,
  iouRange: 'nms_iou harus 0 sampai 1',
  runFailed: (model, why) => `${model} gagal saat dijalankan: ${why}`,
  scoreAboveOne: (score) =>
    `graf memberi skor ${score}, padahal tidak ada yang di atas 1; kartunya mungkin menyebut jenis keluaran yang salah`,
  modelExists: (name) => `Sudah ada model "${name}"; pilih nama lain`,
  modelReplaceable: (name) => `Sudah ada model "${name}"; pilih nama lain, atau gantikan`,
  noModelName: (name) => `"${name}" tidak dapat menjadi nama model; pakai huruf, angka, - dan _`,
  noLabelToRename: (model, label) => `${model} tidak punya label "${label}" untuk diganti namanya`,
  listUnread: (path, why) => `Label tidak dapat dibaca dari ${path}: ${why}`,
  notRead: (path, why) => `${path} tidak dapat dibaca: ${why}`,
  copyFails: (path, why) =>
    `${path} berfungsi di tempatnya, tetapi salinannya tidak: ${why}. Jika bobotnya ada di berkas lain di sebelahnya, simpan sebagai satu berkas`,
};
