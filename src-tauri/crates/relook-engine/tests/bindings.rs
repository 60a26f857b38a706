//! `ui/src/api/types.ts` is generated from the Rust types and committed; this test says when it is out of date.
//! `RELOOK_BLESS=1 cargo test --workspace --test bindings` writes it anew.

use std::path::Path;

use relook_domain::calibrate::{Bin, Proposal, Step};
use relook_domain::evaluate::Coco;
use relook_domain::model_card::{ChannelOrder, Head, Layout, ResizeMode, SizeOrder};
use relook_domain::review::{Action, Details};
use relook_domain::{
    AnnotationId, Attribute, AttributeKind, FolderId, Geometry, ImageId, Joint, Label, LabelId, Origin,
    Point, Rect, ReviewState, Shape, ShapeKind, Skeleton, SkeletonJoint, Stage, Standing, StepId, TrackId,
    Tracked, Verdict,
};
use relook_engine::view::*;
use relook_engine::{
    About, AddModel, AddedModel, CardReason, ConfusionReport, CvatBy, CvatChange, CvatConnection, CvatDiff,
    CvatDifference, CvatObstacle, CvatObstacleKind, CvatPreview, CvatPull, CvatPush, CvatPushReport,
    CvatSent, CvatServer, CvatTake, CvatTaken, CvatTarget, ErrorView, EvaluateOptions, EvaluationReport,
    EvaluationStage, FitReport, HeadChoice, ImportOptions, ImportReport, LabelList, LabelReport, LintFinding,
    LintReport, LintRule, Merge, ModelTrial, Part, RuntimeKind, RuntimeView, RuntimesView, SeenBox,
    SeenPhoto, Severity, ThresholdsReport, TrackStop, TrackView, TrialProblem, TriedClass, TryOn, Values,
};
use ts_rs::{Config, TS};

macro_rules! declarations {
    ($config:expr; $($name:ty),+ $(,)?) => {
        vec![$(format!("export {}", <$name as TS>::decl($config))),+]
    };
}

fn generated() -> String {
    let config = &Config::new().with_large_int("number");
    let types = declarations!(config;
        AnnotationId, FolderId, ImageId, LabelId, StepId, TrackId,
        Rect, Point, Joint, Shape, ShapeKind, Geometry,
        AttributeKind, Attribute, SkeletonJoint, Skeleton, Label, LabelUse, Origin, ReviewState, Stage, Standing, Verdict, Tracked,
        Details, Action,
        Counts, FolderView, ProjectView, SettingsView, RecentProject,
        ImageStatus, ImageRow, ImagePage, ImageFilter, ImageView,
        ThresholdsView, Alternative, OpinionView, AnnotationView,
        BoxFilter, Verb, QueueOrder, SavedFilter, QueueItem, QueuePage, Outcome, HistoryState, HistoryEntry, TrackStop, TrackView,
        ModelView, DeviceView, RuntimeKind, RuntimeView, RuntimesView, DoctorView,
        Head, SizeOrder, ResizeMode, Layout, ChannelOrder, Values, LabelList, TryOn, AddModel, AddedModel,
        CardReason, SeenBox, SeenPhoto, TriedClass, HeadChoice, About, TrialProblem, ModelTrial,
        Merge, ImportOptions, ImportReport, Severity, LintFinding, LintRule, LintReport,
        Part, EvaluationStage, EvaluateOptions, Coco, LabelReport, ConfusionReport, EvaluationReport,
        Step, Bin, Proposal, FitReport, ThresholdsReport,
        CvatConnection, CvatServer, CvatTarget, CvatPush, CvatObstacleKind, CvatObstacle, CvatPreview, CvatSent,
        CvatChange, CvatBy, CvatDifference, CvatPushReport, CvatPull, CvatDiff, CvatTake, CvatTaken,
        JobKind, JobState, JobReport, JobView, JobRequest,
        ExportFormat, Include, ExportRequest, ExportSummary,
        Event, ErrorView,
    );
    format!(
        "// The wire, generated from the engine's views; see src-tauri/crates/relook-engine/tests/bindings.rs.\n\
         // Coordinates are pixels of the upright original, scores 0..1, times seconds since 1970.\n\n{}\n",
        types.join("\n\n")
    )
}

#[test]
fn the_ui_speaks_the_engines_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/api/types.ts");
    let generated = generated();
    if std::env::var_os("RELOOK_BLESS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == generated,
        "ui/src/api/types.ts is out of date: run RELOOK_BLESS=1 cargo test --workspace --test bindings"
    );
}
