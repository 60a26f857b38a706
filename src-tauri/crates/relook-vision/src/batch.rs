//! Several images in one run: a device with thousands of units is idle over one small image. What it takes is tried, not
//! believed: a graph that gives something else for two images than for each of them runs them one by one, and a device whose
//! memory does not suffice gets fewer.

use crate::backend::{TensorIn, TensorOut};
use crate::decode::Upright;
use crate::detector::{DetectParams, Detection, Detector};
use crate::error::VisionError;
use crate::head;
use crate::prepare::Prepared;
use crate::stop::StopToken;
use crate::tail;

/// What was seen in one image of several. The only error: values that are no numbers.
pub type Seen = Result<Vec<Detection>, VisionError>;

/// Boxes of one image are the same from this overlap on, if their scores are no further apart than that.
const SAME_IOU: f64 = 0.95;
const SAME_SCORE: f64 = 0.02;

impl Detector {
    /// How many images are shown to the model in one run at most; less than at first where its device was short of memory.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The boxes of several images, in the order of the images. Those whose inputs have one shape share runs, at most
    /// [`Self::batch`] each.
    ///
    /// Errors: as [`Self::detect`] but for values that are no numbers, which are the trouble of their image alone; short of
    /// memory with one image.
    pub fn detect_all(
        &mut self,
        images: &[&Prepared],
        params: &DetectParams,
        stop: &StopToken,
    ) -> Result<Vec<Seen>, VisionError> {
        let mut seen: Vec<Option<Seen>> = images.iter().map(|_| None).collect();
        while let Some(first) = seen.iter().position(Option::is_none) {
            let shape = images[first].shape();
            let together: Vec<usize> = (first..images.len())
                .filter(|&n| seen[n].is_none() && images[n].shape() == shape)
                .take(self.batch)
                .collect();
            let [only] = together[..] else {
                let shown: Vec<&Prepared> = together.iter().map(|&n| images[n]).collect();
                match self.detect_together(&shown, params, stop) {
                    Ok(Some(found)) => {
                        for (n, one) in together.into_iter().zip(found) {
                            seen[n] = Some(one);
                        }
                    }
                    Ok(None) => self.batch = 1,
                    Err(VisionError::OutOfMemory { .. }) => self.batch = together.len() / 2,
                    Err(error) => return Err(error),
                }
                continue;
            };
            seen[only] = Some(match self.detect(images[only], params, stop) {
                Err(error @ VisionError::NotANumber { .. }) => Err(error),
                found => Ok(found?),
            });
        }
        Ok(seen.into_iter().flatten().collect())
    }

    /// One run over images whose inputs have one shape; `None` where the graph does not give as much for each.
    fn detect_together(
        &mut self,
        images: &[&Prepared],
        params: &DetectParams,
        stop: &StopToken,
    ) -> Result<Option<Vec<Seen>>, VisionError> {
        let mut shape = images[0].shape();
        shape[0] = images.len();
        let mut values = std::mem::take(&mut self.together);
        values.clear();
        for image in images {
            values.extend_from_slice(image.values());
        }
        let (ask, scratch, backend) = self.reading(images[0], params);
        let mut found = Some(Vec::with_capacity(images.len()));
        let input = TensorIn { values: &values, shape, ..ask.input };
        let run = backend.run(input, stop, &mut |outputs| {
            let fits = |o: &TensorOut<'_>| o.shape.first().is_some_and(|n| *n == images.len() as i64);
            if !outputs.iter().all(fits) {
                found = None;
                return Ok(());
            }
            for place in 0..images.len() {
                let shapes: Vec<Vec<i64>> = outputs.iter().map(|o| [&[1], &o.shape[1..]].concat()).collect();
                let of_one: Vec<TensorOut<'_>> = outputs
                    .iter()
                    .zip(&shapes)
                    .map(|(o, shape)| {
                        let size = o.values.len() / images.len();
                        TensorOut { name: o.name, shape, values: &o.values[place * size..][..size] }
                    })
                    .collect();
                let candidates = match head::read(&ask.ask, &of_one, scratch).map_err(|why| ask.misread(why))
                {
                    Err(error @ VisionError::NotANumber { .. }) => Err(error),
                    read => Ok(read?),
                };
                if let Some(found) = &mut found {
                    found.push(candidates);
                }
            }
            Ok(())
        });
        let (nms_iou, most) = (ask.nms_iou, params.max_boxes);
        self.together = values;
        run?;
        let finished = |(one, image): (Result<_, _>, &&Prepared)| {
            one.map(|candidates| tail::finish(candidates, &image.geometry, nms_iou, most))
        };
        Ok(found.map(|found| found.into_iter().zip(images).map(finished).collect()))
    }

    /// Sets how many images share a run, if the graph gives for each of two what it gives for it alone.
    ///
    /// Errors: stopped, or a run fails for another reason than that there are two.
    pub(crate) fn share_runs(&mut self, at_most: usize) -> Result<(), VisionError> {
        if at_most < 2 || !self.takes_several() {
            return Ok(());
        }
        let (width, height) = (320, 240);
        let image = |step: usize| {
            let rgb = (0..3 * width * height).map(|n| (n * step % 251) as u8).collect();
            self.preparer().prepare(&Upright { width: width as u32, height: height as u32, rgb })
        };
        let images = [image(7), image(1_009)];
        let (params, stop) = (DetectParams::above(0.01), StopToken::new());
        let alone = [self.detect(&images[0], &params, &stop)?, self.detect(&images[1], &params, &stop)?];
        let together = self.detect_together(&[&images[0], &images[1]], &params, &stop);
        let same = together.is_ok_and(|found| {
            found.is_some_and(|found| {
                found.iter().zip(&alone).all(|(a, b)| a.as_ref().is_ok_and(|a| are_same(a, b)))
            })
        });
        self.batch = if same { at_most } else { 1 };
        Ok(())
    }
}

/// Whether every sure enough box of either side is on the other.
fn are_same(a: &[Detection], b: &[Detection]) -> bool {
    let has = |all: &[Detection], one: &Detection| {
        let is = |d: &Detection| {
            d.class == one.class
                && (d.score - one.score).abs() <= SAME_SCORE
                && d.rect.iou(&one.rect) >= SAME_IOU
        };
        one.score < 0.05 || all.iter().any(is)
    };
    a.iter().all(|one| has(b, one)) && b.iter().all(|one| has(a, one))
}

/// Whether a device's words say that its memory did not suffice.
pub(crate) fn is_out_of_memory(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    [
        "out of memory",
        "out_of_memory",
        "outofmemory",
        "failed to allocate memory",
        "bad_alloc",
        "alloc_failed",
    ]
    .iter()
    .any(|sign| words.contains(sign))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use relook_domain::model_card::ModelCard;

    use super::*;
    use crate::backend::{Backend, Port, Signature};
    use crate::execution::{Device, DeviceInUse, Loading};

    #[test]
    fn devices_say_in_many_words_that_memory_is_short() {
        for (words, is) in [
            ("CUDA failure 2: out of memory ; GPU=0 ; hostname=x", true),
            ("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED", true),
            (
                "BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 419430400",
                true,
            ),
            ("std::bad_alloc", true),
            ("E_OUTOFMEMORY", true),
            ("Got invalid dimensions for input: images", false),
        ] {
            assert_eq!(is_out_of_memory(words), is, "{words}");
        }
    }

    /// One box in each image, whose score is its first value: a device that can be short of memory is not to be had in a test.
    struct Device8 {
        signature: Signature,
        /// More images than this do not fit.
        room: Arc<AtomicUsize>,
        /// Says more rows than there are images.
        crooked: bool,
        runs: Arc<Mutex<Vec<usize>>>,
    }

    impl Backend for Device8 {
        fn signature(&self) -> &Signature {
            &self.signature
        }

        fn run(
            &mut self,
            input: TensorIn<'_>,
            _: &StopToken,
            read: &mut dyn FnMut(&[TensorOut<'_>]) -> Result<(), VisionError>,
        ) -> Result<(), VisionError> {
            let n = input.shape[0];
            self.runs.lock().unwrap().push(n);
            if n > self.room.load(Ordering::Relaxed) {
                let reason = "CUDA failure 2: out of memory".to_owned();
                return Err(VisionError::OutOfMemory { model: "m".to_owned(), reason });
            }
            let size = input.values.len() / n;
            // cx cy w h and two classes, for one place.
            let values: Vec<f32> =
                (0..n).flat_map(|i| [4.0, 4.0, 4.0, 4.0, input.values[i * size], 0.0]).collect();
            let rows = if self.crooked && n > 1 { n + 1 } else { n };
            let values = if rows > n { [&values[..], &[0.0; 6]].concat() } else { values };
            read(&[TensorOut { name: "output0", shape: &[rows as i64, 6, 1], values: &values }])
        }
    }

    /// A detector, how many images go in its runs, and for how many there is room.
    type Tried = (Detector, Arc<Mutex<Vec<usize>>>, Arc<AtomicUsize>);

    fn detector(room: usize, crooked: bool) -> Tried {
        let card: ModelCard = toml::from_str(
            "name = 'm'\nsummary = 's'\nlicence = 'MIT'\nauthor = 'a'\nfile = 'm.onnx'\nbytes = 1\nsha256 = 'x'\n\
             head = 'yolo_dense'\nnms_iou = 0.7\nlabels = ['a', 'b']\n\
             [input]\nwidth = 8\nheight = 8\nlayout = 'nchw'\nchannels = 'rgb'\nresize = 'stretch'\npad = 0\n\
             mean = [0.0, 0.0, 0.0]\nstd = [255.0, 255.0, 255.0]\n",
        )
        .unwrap();
        let runs = Arc::new(Mutex::new(Vec::new()));
        let room = Arc::new(AtomicUsize::new(room));
        let port = |name: &str, shape: &[i64]| Port {
            name: name.to_owned(),
            element: "float32".to_owned(),
            shape: shape.to_vec(),
        };
        let signature = Signature {
            inputs: vec![port("images", &[-1, 3, 8, 8])],
            outputs: vec![port("output0", &[-1, 6, 1])],
            ..Signature::default()
        };
        let backend = Device8 { signature, room: Arc::clone(&room), crooked, runs: Arc::clone(&runs) };
        let device = DeviceInUse::of(Device::Cuda, &Loading::default(), String::new());
        let mut detector = Detector::with_backend(&card, Box::new(backend), device).unwrap();
        detector.share_runs(8).unwrap();
        runs.lock().unwrap().clear();
        (detector, runs, room)
    }

    fn shown(detector: &Detector, count: usize) -> Vec<Prepared> {
        let grey = |n: usize| Upright { width: 8, height: 8, rgb: vec![(100 + n) as u8; 3 * 64] };
        (0..count).map(|n| detector.preparer().prepare(&grey(n))).collect()
    }

    fn scores(detector: &mut Detector, images: &[Prepared]) -> Result<Vec<f64>, VisionError> {
        let images: Vec<&Prepared> = images.iter().collect();
        let seen = detector.detect_all(&images, &DetectParams::above(0.1), &StopToken::new())?;
        Ok(seen.into_iter().map(|one| (one.unwrap()[0].score * 255.0).round()).collect())
    }

    #[test]
    fn images_share_runs_and_keep_their_order() {
        let (mut detector, runs, _) = detector(100, false);
        let images = shown(&detector, 19);
        let want: Vec<f64> = (100..119).map(f64::from).collect();
        assert_eq!(scores(&mut detector, &images).unwrap(), want);
        assert_eq!(*runs.lock().unwrap(), [8, 8, 3]);
    }

    #[test]
    fn short_of_memory_fewer_share_a_run_from_then_on() {
        let (mut detector, runs, _) = detector(3, false);
        let images = shown(&detector, 9);
        let want: Vec<f64> = (100..109).map(f64::from).collect();
        assert_eq!(scores(&mut detector, &images).unwrap(), want);
        assert_eq!(*runs.lock().unwrap(), [8, 4, 2, 2, 2, 2, 1]);
        assert_eq!(detector.batch(), 2);
    }

    #[test]
    fn short_of_memory_with_one_image_is_an_error_that_says_what_to_do() {
        let (mut detector, _, room) = detector(100, false);
        let images = shown(&detector, 2);
        room.store(0, Ordering::Relaxed);
        let error = scores(&mut detector, &images).unwrap_err();
        assert_eq!(error.code(), "out_of_memory");
        assert!(error.to_string().contains("--device cpu"), "{error}");
        // Once there is room again it goes on, one by one.
        room.store(100, Ordering::Relaxed);
        assert_eq!(scores(&mut detector, &images).unwrap(), [100.0, 101.0]);
        assert_eq!(detector.batch(), 1);
    }

    #[test]
    fn a_graph_that_mixes_its_images_up_runs_them_one_by_one() {
        let (mut detector, runs, _) = detector(100, true);
        assert_eq!(detector.batch(), 1);
        let images = shown(&detector, 3);
        assert_eq!(scores(&mut detector, &images).unwrap(), [100.0, 101.0, 102.0]);
        assert_eq!(*runs.lock().unwrap(), [1, 1, 1]);
    }
}
