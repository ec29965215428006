//! What has few metrics: telemetry, documents, service levels and what people state.

use super::*;

pub(super) const TELEMETRY: Area = Area {
    name: "telemetry",
    metrics: &[metric("telemetry.families", Kind::Count, HIGHER, "metric families in the exposition")],
    families: &[Family {
        name: "telemetry.sample",
        key: "id",
        from: "telemetry",
        about: "a sample of a metrics exposition",
        fields: &[
            ("type", Kind::Text(&[]), "counter, gauge …"),
            ("value", Kind::Number(Borrowed("")), "the value"),
            ("help", Kind::Text(&[]), "the HELP line"),
        ],
    }],
};

pub(super) const DOCUMENTS: Area = Area {
    name: "documents",
    metrics: &[
        metric("documents.claimed_score", Kind::Ratio, None, "the readiness a document claims"),
        metric("documents.criteria_mean", Kind::Ratio, HIGHER, "the mean of the criteria given for that claim"),
        metric("documents.criteria", Kind::Count, None, "criteria given for a claimed score"),
        metric("documents.blockers_open", Kind::Count, LOWER, "blockers a document lists as not done"),
    ],
    families: &[
        Family {
            name: "document.criterion",
            key: "name",
            from: "documents",
            about: "a criterion given for a claimed score",
            fields: &[
                ("score", Kind::Ratio, "the score given"),
                ("status", Kind::Text(&[]), "the status word"),
                ("comment", Kind::Text(&[]), "the comment"),
            ],
        },
        Family {
            name: "document.milestone",
            key: "name",
            from: "documents",
            about: "a claimed score of the past",
            fields: &[
                ("score", Kind::Ratio, "the score claimed"),
                ("commit", Kind::Text(&[]), "the commit named"),
                ("at", Kind::Instant, "when"),
            ],
        },
        Family {
            name: "document.blocker",
            key: "name",
            from: "documents",
            about: "a blocker a document lists",
            fields: &[
                ("before", Kind::Text(&[]), "its status then"),
                ("after", Kind::Text(&[]), "its status now"),
                ("open", Kind::Flag, "whether it is still open"),
            ],
        },
    ],
};

pub(super) const SLO: Area = Area {
    name: "slo",
    metrics: &[metric("slo.objectives", Kind::Count, HIGHER, "service level objectives")],
    families: &[Family {
        name: "slo.objective",
        key: "name",
        from: "slo",
        about: "a service level objective",
        fields: &[
            ("metric", Kind::Text(&[]), "what it is about"),
            ("target", Kind::Text(&[]), "the target as stated"),
            ("alert", Kind::Text(&[]), "the alert threshold as stated"),
            ("for", Kind::Text(&[]), "how long before the alert fires"),
        ],
    }],
};

pub(super) const ATTESTATION: Area = Area {
    name: "attestation",
    metrics: &[],
    families: &[Family {
        name: "attestation",
        key: "id",
        from: "attestation",
        about: "a person's statement in attestations.yaml",
        fields: &[
            ("rule", Kind::Text(&[]), "the rule it is about"),
            ("by", Kind::Text(&[]), "who says so"),
            ("role", Kind::Text(&[]), "as what"),
            ("on", Kind::Instant, "its first moment"),
            ("until", Kind::Instant, "the last moment it claims"),
            ("note", Kind::Text(&[]), "what was looked at"),
            ("commit", Kind::Text(&[]), "the commit that was checked out"),
            ("line", Kind::Count, "the line of the file"),
        ],
    }],
};
