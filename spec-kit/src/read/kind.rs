//! Which of the four a document is.

use super::roles::{Sections, clean};
use super::units::{Unit, UnitKind};
use super::words::has_word;
use crate::facts::{DocumentKind, Role};
use crate::outline::Outline;

/// By the name of its file.
pub(super) fn by_name(file: &str) -> Option<DocumentKind> {
    let name = file
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(file)
        .to_ascii_lowercase();
    let stem = name
        .strip_suffix(".md")
        .or_else(|| name.strip_suffix(".markdown"))
        .or_else(|| name.strip_suffix(".mdx"))
        .unwrap_or(&name);
    Some(match stem {
        "prd"
        | "spec"
        | "requirements"
        | "product-requirements"
        | "product_requirements"
        | "specification"
        | "feature-spec" => DocumentKind::Prd,
        "plan" | "design" | "implementation-plan" | "implementation_plan" | "technical-design" => {
            DocumentKind::Plan
        }
        "tasks" | "task" | "todo" | "task-list" | "tasklist" => DocumentKind::Tasks,
        "constitution" | "principles" => DocumentKind::Constitution,
        _ => return None,
    })
}

/// By its title, in which a document says what it is.
pub(super) fn by_title(outline: &Outline) -> Option<DocumentKind> {
    let title = outline
        .sections
        .first()
        .filter(|section| section.level == 1)?;
    let title = clean(&title.title.text);
    let has = |words: &[&str]| words.iter().any(|word| has_word(&title, word));
    if has(&[
        "constitution",
        "verfassung",
        "constitucion",
        "constituicao",
        "憲法",
        "章程",
    ]) {
        return Some(DocumentKind::Constitution);
    }
    if title.starts_with("tasks")
        || has(&[
            "task list",
            "task breakdown",
            "aufgabenliste",
            "tasks for",
            "任务列表",
            "任务清单",
            "タスク一覧",
            "lista de tareas",
            "lista de tarefas",
            "liste des taches",
        ])
    {
        return Some(DocumentKind::Tasks);
    }
    if has(&[
        "prd",
        "product requirements",
        "product requirement",
        "requirements document",
        "feature specification",
        "specification",
        "spec",
        "lastenheft",
        "pflichtenheft",
        "produktanforderungen",
        "anforderungsdokument",
        "cahier des charges",
        "requisitos",
        "requirements",
        "要件定義書",
        "製品要求仕様書",
        "产品需求文档",
        "需求文档",
        "需求文檔",
        "需求文件",
        "产品需求",
        "產品需求",
        "제품 요구사항",
        "요구사항 문서",
        "요구사항 정의서",
    ]) {
        return Some(DocumentKind::Prd);
    }
    has(&[
        "implementation plan",
        "technical plan",
        "design document",
        "technical design",
        "umsetzungsplan",
        "实施计划",
        "実装計画",
    ])
    .then_some(DocumentKind::Plan)
}

/// By what its sections are for.
pub(super) fn by_content(sections: &Sections, units: &[Unit<'_>]) -> DocumentKind {
    use Role::*;
    let has = |role: Role| sections.list.iter().any(|section| section.role == role);
    let count = |roles: &[Role]| roles.iter().filter(|role| has(**role)).count();
    if has(Principles) && has(Governance) {
        return DocumentKind::Constitution;
    }
    let wishes = count(&[
        Problem,
        Goals,
        NonGoals,
        Personas,
        Stories,
        Requirements,
        NonFunctional,
        Success,
        Acceptance,
    ]);
    let plans = count(&[
        TechnicalContext,
        ConstitutionCheck,
        Architecture,
        Phases,
        Structure,
        Complexity,
        Decisions,
    ]);
    let items = units.iter().filter_map(Unit::item).count();
    let boxes = units
        .iter()
        .filter_map(Unit::item)
        .filter(|item| item.check.is_some())
        .count();
    let task_headings = units.iter().filter(|unit| matches!(unit.kind, UnitKind::Heading(words) if super::ids::worded(&words.text).is_some_and(|(id, _)| id.prefix == "T"))).count();
    if wishes >= 2 && wishes >= plans {
        return DocumentKind::Prd;
    }
    if (boxes * 2 > items && boxes >= 2)
        || task_headings >= 2
        || (has(Tasks) && wishes == 0 && plans == 0)
    {
        return DocumentKind::Tasks;
    }
    match (wishes, plans) {
        (_, 2..) => DocumentKind::Plan,
        (1.., _) => DocumentKind::Prd,
        _ => DocumentKind::Other,
    }
}
