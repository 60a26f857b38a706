import { graphs } from './graphs';

/** What the engine says, word for word: `../engine.ts` knows its sentences by these. */
export const engine = {
  // Decisions
  undone: (title: string) => `Undone: ${title}`,
  redone: (title: string) => `Redone: ${title}`,
  nothingToUndo: 'Nothing to undo',
  nothingToRedo: 'Nothing to redo',
  backAt: (title: string) => `Back at: ${title}`,
  backAtBeginning: 'Back at the beginning',
  nothingToReplay: 'Nothing to undo or redo',
  // What a step was done to: a label, or "3 boxes".
  accepted: (what: string) => `Accepted ${what}`,
  acceptedOfImage: (boxes: string) => `Accepted ${boxes} of an image`,
  acceptedOfImages: (boxes: string, images: string) => `Accepted ${boxes} of ${images} images`,
  rejected: (what: string) => `Rejected ${what}`,
  reopened: (what: string) => `Reopened ${what}`,
  relabelled: (what: string) => `Relabelled ${what}`,
  relabelledTo: (what: string, to: string) => `Relabelled ${what} to ${to}`,
  fixed: (label: string) => `Fixed the box of ${label}`,
  moved: (what: string) => `Moved ${what}`,
  described: (what: string) => `Changed the details of ${what}`,
  madeKeyframe: (label: string) => `Made ${label} a keyframe`,
  interpolated: (label: string) => `Interpolated ${label}`,
  endedTrack: (label: string) => `Ended the track of ${label}`,
  setKeyframes: (what: string) => `Set keyframes of ${what}`,
  endedTracks: (what: string) => `Ended the tracks of ${what}`,
  drew: (what: string) => `Drew ${what}`,
  changed: (what: string) => `Changed ${what}`,
  changedImages: (images: string) => `Changed ${images} images`,
  confirmedImagesEmpty: (images: string) => `Confirmed ${images} images empty`,
  confirmedEmpty: 'Confirmed an image empty',
  tookEmptyBack: 'Took "confirmed empty" back',
  addedLabel: (label: string) => `Added the label ${label}`,
  imported: (file: string) => `Imported ${file}`,
  mended: (boxes: string) => `Mended ${boxes} for CVAT`,
  tookOver: (boxes: string) => `Took over ${boxes} from CVAT`,
  changedLabel: (label: string) => `Changed the label ${label}`,
  renamedLabel: (from: string, to: string) => `Renamed the label ${from} to ${to}`,
  deletedLabel: (label: string) => `Deleted the label ${label}`,
  mergedLabel: (from: string, into: string) => `Merged the label ${from} into ${into}`,

  // Tracks
  noTrack: (id: string) => `Box ${id} belongs to no track`,
  trackBegins:
    'The track begins with this shape, which stays a keyframe; reject it where it is not to be seen',
  tracksInFile: (n: string) => `Tracks in the file: ${n}`,
  framesByOrder: "The file names no images: its frames are the project's images in the order of the list",
  tracksInProject: (n: string, format: string) =>
    `Tracks in the project: ${n}. ${format} has none; their shapes are written image by image`,
  tracksOfTasks: (n: string) => `Tracks of further tasks, whose frames count anew: ${n}`,
  taskAlone: 'They are left out: export each task on its own',
  tracksOutside: (from: string, to: string, n: string) =>
    `Tracks with keyframes outside the frames ${from} to ${to}: ${n}`,
  whatLiesThere: 'What lies there is left out',
  framesLeft: (last: string, images: string) =>
    `The file runs to frame ${last}, the images to number ${images}, counted from 1`,
  framesAfter: 'The frames after that are left out',
  keyframeOut: 'The keyframe is left out',
  trackOut: 'The track is left out',

  // Passes, in the history
  draftBy: (model: string, device: string, images: string) => `Draft by ${model} on ${device}: ${images}`,
  secondLookBy: (model: string, device: string, images: string) => `Second look by ${model} on ${device}: ${images}`,

  // Jobs: what goes on
  waiting: 'Waiting for the job before it',
  lookingThrough: (folder: string) => `Looking through ${folder}`,
  loading: (model: string) => `Loading ${model}`,
  measuringCores: 'Measuring how the cores are used best',
  drafting: 'Drafting',
  lookingAgain: 'Taking the second look',
  fetching: (model: string, licence: string) => `Fetching ${model} (${licence})`,
  unpacking: (what: string) => `Unpacking ${what}`,
  counting: 'Counting',
  writing: 'Writing',
  writingBoxes: 'Writing the boxes',
  addingPhotos: 'Adding the photos',
  readingFile: 'Reading the file',
  importing: (file: string) => `Importing ${file}`,
  mending: 'Mending',
  waitingForOther: 'Waiting for another job on this project',
  watching: 'Watching for new photos',
  waitingForCvat: 'Waiting for CVAT',
  askingServer: 'Asking the server',
  packingPhotos: 'Packing the photos',
  sendingPhotos: 'Sending the photos',
  cvatTakesPhotos: 'Waiting for CVAT to take in the photos',
  sendingAnnotations: 'Sending the annotations',
  cvatTakesAnnotations: 'Waiting for CVAT to take in the annotations',
  readingBack: 'Reading back from CVAT',
  comparing: 'Comparing',
  readingBoxes: 'Reading the boxes',

  // Jobs: how they ended
  oneUnread: (end: string) => `${end}; 1 image could not be read`,
  someUnread: (end: string, n: string) => `${end}; ${n} images could not be read`,
  addedSomeKnown: (n: string, known: string) => `${n} images added, ${known} were there already`,
  added: (n: string) => `${n} images added`,
  draftedAlready: 'Every image has a draft already',
  drafted: (boxes: string, images: string) => `${boxes} boxes drafted on ${images} images`,
  lookedAlready: 'Every drafted image had its second look already',
  looked: (n: string, all: string, verdicts: string) => `Looked at ${n} of ${all} images: ${verdicts}`,
  /** After a number. */
  verdicts: {
    confirmed: 'confirmed',
    moved: 'moved',
    relabelled: 'relabelled',
    rejected: 'rejected',
    added: 'added',
  },
  nothingToChange: 'nothing to change',
  watched: (drafted: string, looked: string) => `New photos: ${drafted} drafted, ${looked} looked at again`,
  watchedSent: (drafted: string, looked: string, sent: string) =>
    `New photos: ${drafted} drafted, ${looked} looked at again, ${sent} sent to CVAT`,
  readyRestart: (what: string) => `Ready: ${what}; restart Relook to use it`,
  ready: (models: string) => `Ready: ${models}`,
  exported: (images: string, boxes: string, place: string) => `${images} images and ${boxes} boxes written to ${place}`,
  importedNothing: 'Nothing to import: all of it is there, or yours is in its place',
  importedOver: (n: string, gone: string) => `${n} boxes imported in the place of ${gone}`,
  importedBoxes: (n: string) => `${n} boxes imported`,
  cancelled: 'Cancelled; what was done is kept',

  // Jobs: warnings
  unknownLabel: (n: string, label: string) =>
    `The model saw ${n} boxes of "${label}", which is no label of this project; they were left out`,
  decidedMeanwhile: (n: string) => `${n} boxes were decided meanwhile and left as they are`,
  noImages: (folder: string) => `${folder} holds no images`,
  moreLikeThese: 'There are more like these',
  taskDeleted: (task: string) =>
    `Task ${task} was deleted on the server before all of it had arrived: its photos go into a new one`,
  arrivedOtherwise: (n: string, task: string) => `${n} shapes of task ${task} did not arrive as they were sent: compare with it`,
  noPlaceToSend: (text: string) =>
    `"${text}" is not CONNECTION/PROJECT: a connection's name and a CVAT project's number, like team/12`,

  // Imports: what cannot be taken
  shapeUnfit: (why: string) => `A shape: ${why}`,
  shapeUnseen: 'A shape that lies outside its image or is too small to be seen',
  labelBare: (why: string) => `All but the name of a label: ${why}`,
  valueNotTaken: (value: string, attribute: string, label: string) =>
    `The value "${value}", which "${attribute}" of "${label}" does not take`,
  valueWithout: (attribute: string, label: string) =>
    `A value of "${attribute}", an attribute that "${label}" does not have`,
  otherThings: 'Other things',
  photoUnread: 'The photo cannot be read. Its shapes are left out',
  otherSize: (width: string, height: string, mine: string, high: string) =>
    `The file says ${width} by ${height} pixels, the photo is ${mine} by ${high}. Its shapes would be in the wrong place and are left out`,
  importTaken: (path: string, labels: string) =>
    `${path} has shapes of labels that the project lacks: ${labels}. --create-labels makes them; else rename or add them in the label editor first`,

  // What CVAT would trip over: what is wrong, and what comes of it
  shapeSaid: (image: string, id: string, what: string) => `${image}, shape ${id}: ${what}`,
  labelGone: (label: string) => `Shapes stand with the label "${label}", which was deleted`,
  labelGoneThen:
    "A CVAT task with the project's labels does not know it and refuses the whole file: give them another label",
  labelUnwritable: (label: string, text: string) =>
    `The label "${label}" has "${text}", which holds a character that XML cannot hold`,
  labelUnwritableThen: 'The file cannot be written: rename it in the label editor',
  choiceBroken: (attribute: string, label: string) => `A choice of the attribute "${attribute}" of "${label}" has a line break`,
  choiceBrokenThen: 'CVAT keeps one choice a line, so the file cannot be written: take the line break out',
  kindOther: (kind: string, label: string, wanted: string) => `A ${kind} has the label "${label}", which is for a ${wanted}`,
  kindOtherThen: 'CVAT takes it, and its editor offers that label for the other kind only',
  groupBelow: (group: string) => `It is in the group ${group}`,
  groupBelowThen: 'CVAT refuses the whole file: groups count from 0',
  kindsDropped: (kinds: string) => `There are ${kinds}`,
  kindsDroppedThen: 'CVAT drops them without a word where the file goes into a project: import it into a task',
  templateless: (label: string) => `A skeleton has the label "${label}", which has none to compare with`,
  templatelessThen: 'CVAT refuses the whole file, so it is left out: give the label a skeleton',
  reachesOut: (kind: string, width: string, height: string) => `A ${kind} reaches out of the image of ${width} by ${height}`,
  reachesOutThen: 'CVAT would keep the part that nobody sees; the file gets it cut at the edge',
  fewPoints: (kind: string, have: string, least: string) => `A ${kind} has ${have} points, fewer than ${least}`,
  fewPointsThen: 'CVAT refuses the whole file, so it is left out',
  noNumber: (kind: string) => `A coordinate or the rotation of a ${kind} is not a number`,
  noNumberThen: 'It cannot be written and is left out',
  isOutside: (kind: string, width: string, height: string) => `No part of a ${kind} lies in the image of ${width} by ${height}`,
  isOutsideThen: 'CVAT would keep it where nobody sees it, so it is left out',
  oddRuns: (sum: string) => `The runs of a mask do not add up to its rectangle: ${sum}`,
  oddRunsThen: 'CVAT takes it and draws another mask, so it is left out',
  noExtent: (kind: string) => `A ${kind} has no extent worth a pixel`,
  noExtentThen: 'Nothing of it would be seen in CVAT, so it is left out',
  lacksPoints: (label: string, points: string) => `A skeleton of "${label}" lacks the points ${points}`,
  lacksPointsThen: 'CVAT takes it without them',
  morePoints: (label: string, points: string) => `A skeleton of "${label}" has the points ${points}, which its label lacks`,
  morePointsThen: 'CVAT refuses the whole file for an unknown point, so they are left out',
  attributeWithout: (label: string, attribute: string) => `The label "${label}" has no attribute "${attribute}"`,
  attributeWithoutThen: 'CVAT drops the value without a word',
  valueUnwritable: (attribute: string, value: string) =>
    `The attribute "${attribute}" is "${value}", which holds a character that XML cannot hold`,
  valueUnwritableThen: 'The file cannot be written: take the character out',
  valueLong: (attribute: string, most: string) => `The attribute "${attribute}" is longer than ${most} characters`,
  valueLongThen: 'CVAT refuses the whole file: shorten it',
  checkboxOdd: (attribute: string, value: string) => `The checkbox "${attribute}" is "${value}", neither true nor false`,
  checkboxLower: 'It is written in lower case, as CVAT asks',
  checkboxLost: 'CVAT refuses the whole file, so the value is left out',
  choiceOff: (attribute: string, value: string, values: string) => `The attribute "${attribute}" is "${value}", none of ${values}`,
  choiceOffThen: 'CVAT keeps it, and its editor cannot show it',
  numberOff: (attribute: string, value: string) => `The attribute "${attribute}" is "${value}", not a number in its range`,
  numberOffThen: 'CVAT keeps it as it is',
  nameTwice: (name: string, n: string) => `The name "${name}" stands for ${n} images`,
  nameTwiceThen: 'CVAT would put the boxes of all of them on one image',
  nameAlike: (name: string, other: string) => `The names "${name}" and "${other}" differ only by their extension`,
  nameAlikeThen: 'CVAT compares names without their extension, so the boxes of both may land on one of them',
  nameNone: 'An image has no name',
  nameNoneThen: 'CVAT would match it by its number instead, which may be another image',
  nameUnwritable: (name: string, character: string) =>
    `The name "${name}" holds the character U+${character}, which XML cannot hold`,
  nameUnwritableThen: 'CVAT would refuse the whole file, so it is not written',
  renameIt: (why: string) => `${why}. Rename it`,
  photoLost: (name: string) => `The photo ${name} cannot be read`,
  photoLostThen: (boxes: string) => `Its ${boxes} are left out`,

  // Devices
  sessionsThread: (device: string, sessions: string) => `${device}, ${sessions} sessions of 1 thread`,
  sessionsThreads: (device: string, sessions: string, threads: string) =>
    `${device}, ${sessions} sessions of ${threads} threads`,
  onAllCores: (device: string) => `${device}, all cores`,
  onThread: (device: string) => `${device}, 1 thread`,
  onThreads: (device: string, threads: string) => `${device}, ${threads} threads`,
  inHalf: (device: string) => `${device} in half precision`,
  halfHolds: (device: string, times: string, percent: string, boxes: string, photos: string) =>
    `${device} (${times} times as fast, ${percent} % of ${boxes} boxes on ${photos} photos alike)`,
  halfNot: (device: string, times: string, percent: string, boxes: string, photos: string) =>
    `${device} (not in half precision: ${times} times as fast, ${percent} % of ${boxes} boxes on ${photos} photos alike)`,
  comparingPrecision: 'Comparing half precision with full precision on your photos',
  cpuCores: (cores: string) => `${cores} cores, always there`,
  autoNone: 'None: ONNX Runtime is needed first',
  autoTries: (device: string) => `${device}, if its first run succeeds; else the CPU, saying so`,
  autoAsked: (device: string) => `cpu: ${device} is taken only when it is asked for`,
  autoCpu: 'cpu: no other device can be used here',
  builtWithout: (library: string, device: string, remedy: string) =>
    `This ONNX Runtime (${library}) was built without ${device}. ${remedy}`,
  bringsIt: (kind: string, again: string) =>
    `"relook runtime install ${kind}" brings one that has it, "relook runtime use ${again}" takes it.`,
  bringsTensorRt:
    '"relook runtime install cuda" brings one that has it; TensorRT 10 itself comes from NVIDIA.',
  runsEverywhere: 'Runs everywhere',
  noHalf: 'This processor has neither AVX-512 BF16 nor AMX: little to gain',
  hasHalf: (what: string) => `This processor has ${what}: faster in half precision`,
  nvidiaThere: 'An NVIDIA GPU is visible',
  nvidiaNot: 'No NVIDIA GPU is visible',
  anyCard: 'For graphics cards of any make; only a run shows whether one is there',
  windowsCards: 'For graphics cards under Windows',
  holdsNoRuntime: (folder: string) =>
    `${folder} holds no ONNX Runtime library (libonnxruntime.so, libonnxruntime.dylib or onnxruntime.dll). Name a site-packages folder that has one of its packages, or an unpacked release`,
  chosenGone: (what: string) =>
    `The ONNX Runtime that was chosen, ${what}, is gone. Bring it back, name another with "relook runtime use", or let Relook choose: "relook runtime use auto"`,
  windowsOnly: 'It exists on Windows only.',
  macOnly: 'It exists on macOS only.',
  providerMissing: (place: string, file: string) =>
    `${place} is missing. Copy ${file} from the same package to beside the library.`,

  // Models
  smallModel: 'Small and quick: drafts the boxes. 80 everyday labels (COCO).',
  middleModel: 'Between n and m: a drafter for machines with time to spare. 80 everyday labels (COCO).',
  largeModel: 'Larger and slower: takes the second look. 80 everyday labels (COCO).',
  importedFrom: (file: string) => `Imported from ${file}`,
  notANumber: (model: string) =>
    `${model} gave values that are no numbers (NaN): its card may say the wrong normalisation, or the graph needs single precision`,

  ...graphs,

  // Files that are no photos
  emptyFile: 'The file is empty',
  notAnImage: (found: string) => `The file is not an image: it looks like ${found}`,
  unsupported: (what: string) => `${what} cannot be read by Relook. Convert it to JPEG or PNG`,
  cutOff: (why: string) => `The file is cut off: ${why}. Copy it again from its source`,
  damaged: (why: string) => `The image data is damaged: ${why}. Copy it again from its source`,
  unreadable: (why: string) => `Could not read the file: ${why}`,

  // What is refused
  boxGone: (id: string) => `Box ${id} is no longer there; the image was reloaded`,
  boxStale: (id: string) => `Box ${id} was changed elsewhere since it was shown; look at it again`,
  acceptedHere: (n: string) => `Accepted boxes are on this image (${n}); reject them first if it really is empty`,
  nothingToAccept: 'There is nothing left to accept on this image',
  labelExists: (name: string) => `There is a label named "${name}" already; choose another name`,
  labelDeleted: (label: string) => `The label "${label}" was deleted; choose another one`,
  /** Of shapes. */
  kinds: {
    box: 'box',
    ellipse: 'ellipse',
    polygon: 'polygon',
    polyline: 'polyline',
    points: 'points',
    mask: 'mask',
    cuboid: 'cuboid',
    skeleton: 'skeleton',
    tag: 'tag',
  },
  wrongKind: (label: string, wanted: string, found: string) =>
    `The label "${label}" is for shapes of the kind ${wanted}; this one is a ${found}`,
  noSkeleton: (label: string) => `The label "${label}" has no skeleton; give it one in the label editor`,
  wrongJoints: (label: string, wanted: string, found: string) =>
    `A skeleton of "${label}" has the joints ${wanted}; this one has ${found}`,
  noAttribute: (label: string, attribute: string, known: string) =>
    `The label "${label}" has no attribute "${attribute}"; it has ${known}`,
  noValue: (value: string, attribute: string, label: string, wanted: string) =>
    `"${value}" is no value of the attribute "${attribute}" of "${label}": ${wanted}`,
  unfitLabel: (label: string, why: string) => `The label "${label}" makes no sense: ${why}`,
  // What a value has to be.
  choose: (values: string) => `choose of ${values}`,
  isTruth: 'it is true or false',
  isBetween: (least: string, most: string) => `it is a number from ${least} to ${most}`,
  isFrom: (least: string) => `it is a number from ${least} up`,
  isUpTo: (most: string) => `it is a number up to ${most}`,
  isNumber: 'it is a number',
  isText: 'it is text',
  // Why a label makes no sense.
  needsName: 'it needs a name',
  nameUnshown: 'its name has characters that cannot be shown',
  noColour: (colour: string) => `its colour "${colour}" is not like #1a2b3c`,
  noKey: (key: string) => `its key "${key}" is not one character`,
  ofAttributes: (why: string) => `of its attributes, ${why}`,
  ofAttribute: (attribute: string, why: string) => `its attribute "${attribute}" ${why}`,
  attributeUnshown: 'has characters in its name that cannot be shown',
  noChoices: 'has no values to choose from',
  choicesOf: (why: string) => `is to choose from values of which ${why}`,
  boundsNoNumbers: (bounds: string) => `has bounds that are no numbers: ${bounds}`,
  boundsTurned: (least: string, most: string) => `cannot be from ${least} to ${most}`,
  noDefault: (value: string, wanted: string) => `cannot be "${value}" by default: ${wanted}`,
  noJoints: 'its skeleton has no joints',
  ofJoints: (why: string) => `of its skeleton's joints, ${why}`,
  jointOutside: (joint: string) => `the joint "${joint}" of its skeleton is outside the template`,
  oddEdge: (from: string, to: string) => `its skeleton has an edge from joint ${from} to ${to}`,
  oneUnnamed: 'one has no name',
  oneTwice: (name: string) => `"${name}" stands twice`,
  needsJoints: 'it is for skeletons and has none: add joints',
  oneHas: (label: string) => `1 box has the label "${label}": choose the label they get`,
  someHave: (n: string, label: string) => `${n} boxes have the label "${label}": choose the label they get`,
  oneIsOther: (label: string, wanted: string) =>
    `1 box has the label "${label}" and are no ${wanted}; relabel or reject them first`,
  someAreOther: (n: string, label: string, wanted: string) =>
    `${n} boxes have the label "${label}" and are no ${wanted}; relabel or reject them first`,
  oneIsSkeleton: (label: string) =>
    `1 box has the label "${label}" as skeletons; their joints can be moved in the template, not added, removed or renamed`,
  someAreSkeletons: (n: string, label: string) =>
    `${n} boxes have the label "${label}" as skeletons; their joints can be moved in the template, not added, removed or renamed`,
  degenerate: (pixels: string) =>
    `The shape is outside the image, has too few points or is smaller than ${pixels} pixel`,
  keyTaken: (key: string, label: string) => `The key ${key} belongs to the label "${label}" already`,
  isAFile: (path: string) => `${path} is a file; name the folder it lies in`,
  insideFolder: (path: string, folder: string) =>
    `${path} is inside ${folder}, which is registered already: its images are in the project`,
  aroundFolder: (path: string, folder: string) =>
    `${path} contains ${folder}, which is registered already: its images would be in the project twice. Add the other folders one by one`,
  noSuchFolder: (path: string, why: string) => `Could not open the folder ${path}: ${why}`,
  notEmpty: (path: string) => `${path} is not empty; name a folder that is empty or not there yet`,
  noFile: 'Name the file to write',
  knowsNoLabel: (model: string, labels: string) =>
    `${model} knows none of this project's labels (it knows ${labels}, …). Add labels of its, or choose another model`,
  deviceMissing: (device: string, why: string) => `The device "${device}" cannot be used: ${why}`,
  serverAddress: (address: string, why: string) => `"${address}" is no address of an inference server: ${why}`,
  writeAddress: 'write it as http://HOST:PORT',
  addressBegins: 'it must begin with http:// or https://',
  addressSecret:
    'a name or password in it would be kept with the project. Put a token into RELOOK_INFERENCE_TOKEN instead',
  addressTail: 'nothing may follow a ? or # in it',
  serversGone: (model: string, reasons: string) =>
    `No inference server is left to run ${model}. ${reasons}. Start one again, or name others as the device, to go on`,
  serverUnfit: (address: string, model: string, why: string) => `The server ${address} cannot run ${model}: ${why}`,
  serverAside: (address: string, why: string) => `${address} was set aside: ${why}`,
  serverBack: (address: string) => `${address} is back`,
  modelMissing: (path: string) =>
    `The model file ${path} was not found: run "make setup" to fetch it, or correct the card`,
  folderLost: (path: string, why: string) =>
    `The folder ${path} can no longer be read: ${why}. What was done is kept; bring it back and start again`,
  unreachable: (address: string, why: string) =>
    `${address} could not be reached: ${why}. Check the network and try again`,

  // The project file
  noProject: (path: string) => `There is no project at ${path}`,
  exists: (path: string) => `${path} exists already; choose another name or open it`,
  newer: (path: string, found: string, known: string) =>
    `${path} was made by a newer Relook (its format is ${found}, this Relook knows formats up to ${known}); update Relook to open it`,
  damagedProject: (path: string, why: string) =>
    `${path} is damaged (${why}); nothing was written to it. Restore it from a backup (a file beside it that ends in .bak-v1 or the like, or your own)`,
  readOnly: (path: string, why: string) =>
    `${path} can only be read: ${why}; copy it to a place that can be written to go on`,
  writeProtected: 'the file is write-protected',
  folderWriteProtected: 'its folder is write-protected',
  notAllowed: 'you are not allowed to write to it',
  readOnlyDisk: 'it lies on a read-only disk',
  diskFull: (path: string) =>
    `The disk that holds ${path} is full; free some space there and try again. What was saved before is safe`,
  locked: (path: string) => `Another program keeps ${path} locked; wait for it to end or close it, then try again`,
  jobsBusy: (who: string) => `${who} is already working on this project; wait for it to end or stop it there`,
  noRelook: (path: string, why: string) => `${path} is not a Relook project: ${why}`,
  isFolder: 'it is a folder',
  isEmpty: 'it is empty; delete it and make the project again',
  otherKind: 'it is another kind of file',
  otherProgram: "it is another program's database",
  olderReadOnly: (path: string, why: string) =>
    `${path} was made by an older Relook and has to be brought up to date, but it can only be read here (${why}); copy it to a place that can be written`,
  gone: (path: string) =>
    `${path} is no longer there: it was moved, deleted or replaced while it was open. Nothing was saved just now; put it back or open the project again`,
  notInFile: (path: string) =>
    `An image, label, folder or run that this names is not in ${path}; open the project again`,
  notReadOrWritten: (path: string, why: string) => `${path} could not be read or written: ${why}`,
  projectRefused: (path: string, why: string) => `The project ${path} refused: ${why}`,
  noStep: (step: string) =>
    `Step ${step} cannot be gone to: it is not in the history, or was undone and left behind; nothing was changed`,
  boxConflict: (box: string, why: string) => `Box ${box} ${why}; nothing was changed`,
  imageConflict: (image: string, why: string) => `Image ${image} ${why}; nothing was changed`,
  labelConflict: (label: string, why: string) => `The label "${label}" ${why}; nothing was changed`,
  changedSince: 'was changed since by something else',
  isGone: 'is no longer there',
  isThere: 'is there already',
  notInProject: 'is not in the project',
  inUse: 'is in use by now',
  nameGiven: 'cannot come back: another label has its name by now',

  // A CVAT server
  noAddress: (address: string) =>
    `"${address}" is no address of a CVAT server; it is like https://app.cvat.ai, without user name or query`,
  noCvatServer: (address: string) => `${address} is no CVAT server: it does not say its version. Check the address`,
  serverUnreachable: (address: string, why: string) =>
    `${address} could not be reached: ${why}. Check the address and the network, then try again`,
  movedTo: (address: string, to: string) => `${address} has moved to ${to}; connect to that address`,
  tokenUnknown: (address: string) =>
    `${address} does not know the token, or it has expired. Make a new one in CVAT's profile page under "Security" and connect again`,
  organizationUnknown: (address: string, words: string) =>
    `${address}: ${words} Correct the organisation's short name, or leave it out`,
  forbidden: (what: string) =>
    `The server does not allow ${what}. A token made without "write" can only read, and what belongs to others needs their permission: make a token that may write, or ask them`,
  missingThere: (what: string) =>
    `The server has nothing there for ${what}: it was deleted, or its number is another one`,
  tooOften: (seconds: string) =>
    `The server is asked too often and wants ${seconds} seconds of peace. Wait that long, then try again`,
  refusedThere: (what: string, words: string) => `The server refused ${what}: ${words}`,
  failedThere: (what: string, status: string) =>
    `The server failed at ${what} (it answered ${status}). Try again later, or ask who runs it to look at its log`,
  brokeOff: (sent: string, all: string, why: string) =>
    `The upload broke off after ${sent} of ${all} bytes: ${why}. Try again; it goes on from there`,
  noToken: (connection: string, why: string, variable: string) =>
    `There is no token for the connection "${connection}": ${why}. Connect again, or put the token into the environment variable ${variable}`,
  keyringEmpty: 'the keyring has none for it',
  keyringNone: 'this machine has no keyring that can be read',
  keyringShut: (variable: string) =>
    `This machine has no keyring that can be written, so the token is not kept. Put it into the environment variable ${variable} before you push or pull`,
  tokenInClear: 'The address begins with http: the token goes over the network for others to read',
  cvatTooOld: (address: string, version: string, major: string, minor: string) =>
    `${address} runs CVAT ${version}; Relook needs ${major}.${minor} or newer. Exchange files by "relook export" and "relook import"`,
  cvatNewer: (address: string, version: string) =>
    `${address} runs CVAT ${version}, which is newer than what Relook was tried with`,
  planGoesOn: (task: string) => `Goes on with task ${task}`,
  planReplaces: (task: string) => `Replaces the annotations of task ${task}`,
  planTask: (name: string) => `Makes the task "${name}"`,
  planTaskIn: (name: string, project: string) => `Makes the task "${name}" in project ${project}`,
  planProject: (project: string, name: string) => `Makes the project "${project}" with the task "${name}"`,
  nothingToSend: 'There are no images to send: the project has none, all were sent before, or the task has none of them',
  lacksLabel: (place: string, label: string) =>
    `${place} has no label "${label}". Add it there, or relabel its shapes here`,
  kindOtherThere: (label: string, place: string, there: string, here: string) =>
    `The label "${label}" of ${place} is for the kind ${there}, here it is for ${here}. Make them the same`,
  lacksAttribute: (label: string, place: string, attribute: string) =>
    `The label "${label}" of ${place} has no attribute "${attribute}", so its values would be lost. Add it there`,
  taskLacks: (task: string, n: string, image: string) =>
    `Task ${task} lacks ${n} of the images, such as ${image}. CVAT takes no more images into a task that has some: send new ones as a task of their own`,
  otherSizeThere: (image: string, width: string, height: string, task: string) =>
    `${image} is ${width} by ${height} pixels here and of another size in task ${task}: its shapes would be in the wrong place. Is it the same photo?`,
  wouldWipe: (task: string, n: string, image: string) =>
    `Task ${task} has ${n} images that are not sent, such as ${image}: what is annotated on them would be wiped`,
  wouldOverwrite: (n: string, task: string, label: string, image: string, how: string) =>
    `${n} shapes of task ${task} are otherwise there and would be overwritten, such as ${label} on ${image}: ${how}`,
  staysHere: (n: string, task: string, image: string) =>
    `${n} images are not in task ${task} and stay here, such as ${image}. CVAT takes no more images into a task that has some: send them as a task of their own`,
  moreAlike: (finding: string, n: string) => `${finding} (${n} more like this)`,
  photosRefused: (words: string, task: string) =>
    `CVAT did not take in the photos: ${words}. Its task ${task} stays empty: delete it there. The next push makes a new one`,
  annotationsRefused: (task: string, words: string) =>
    `CVAT did not take in the annotations of task ${task}: ${words}. What was there before stays; push again once that is mended`,
  taskUnwritten: (task: string, words: string) => `CVAT could not write task ${task}: ${words}`,
  taskElsewhere: (task: string, image: string) =>
    `None of the images of task ${task} is in the project (${image}). Add the folder that they lie in`,
  pushedEqual: (task: string, images: string, shapes: string) =>
    `Images and shapes in task ${task}: ${images} and ${shapes}, read back as they were sent`,
  pushedOtherwise: (task: string, images: string, shapes: string, n: string) =>
    `Images and shapes in task ${task}: ${images} and ${shapes}; ${n} differences when they were read back`,
  tookNothing: 'Nothing to take over: it is otherwise there by now',
  tookOne: '1 box taken over from CVAT',
  tookSome: (n: string) => `${n} boxes taken over from CVAT`,
  onlyThere: (kind: string) => `Only there: ${kind}`,
  onlyHere: (kind: string) => `Only here: ${kind}`,
  hereAndThere: (here: string, there: string) => `${here} here, ${there} there`,
  occludedHere: 'Occluded here only',
  occludedThere: 'Occluded there only',
  farApart: (px: string) => `Up to ${px} px apart`,
  farTurned: (px: string, degrees: string) => `Up to ${px} px apart, turned by ${degrees}°`,
  pointsOtherwise: 'Its points are otherwise',
};
