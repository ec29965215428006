//! Tokens to a tree, by recursive descent with bounds.

use super::lex::{Lexeme, Literal, Token, tokens};
use super::{DEPTH, Expr, LENGTH, Mistake, NODES, Node, Operator};
use crate::catalogue;
use crate::io::fs::Glob;
use crate::io::spelling;
use crate::metric::{Labels, Name};

/// Parses a text; when anything is wrong, `mistakes` says so and the tree is not to be used.
pub(super) fn parse(text: &str, mistakes: &mut Vec<Mistake>) -> Expr {
    let wrong = Expr { at: 0, node: Node::Wrong };
    if text.len() > LENGTH {
        mistakes.push(Mistake::new(0, format!("an expression of {} bytes; the most is {LENGTH}", text.len())));
        return wrong;
    }
    let tokens = tokens(text, mistakes);
    if tokens.len() == 1 {
        mistakes.push(Mistake::new(0, "the expression is empty"));
        return wrong;
    }
    let mut parser = Parser { tokens, next: 0, depth: 0, nodes: 0, mistakes };
    let root = parser.or();
    if parser.peek() != &Lexeme::End && parser.mistakes.is_empty() {
        parser.unexpected();
    }
    root
}

struct Parser<'m> {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    nodes: usize,
    mistakes: &'m mut Vec<Mistake>,
}

const COMPARISONS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("<", Operator::Less),
    (">", Operator::Greater),
];
const FUNCTIONS: [&str; 8] = ["has", "or_else", "delta", "change", "worst", "count", "all", "glob"];

impl Parser<'_> {
    fn peek(&self) -> &Lexeme {
        self.tokens.get(self.next).map_or(&Lexeme::End, |t| &t.kind)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(0, |t| t.at)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Lexeme::Sign(s) if *s == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) {
        if !self.sign(sign) && self.mistakes.is_empty() {
            let at = self.at();
            self.mistakes.push(Mistake::new(at, format!("`{sign}` expected here")));
        }
    }

    fn unexpected(&mut self) {
        let at = self.at();
        let mistake = match self.peek() {
            Lexeme::Name(name) if name == "and" || name == "or" => {
                let right = if name == "and" { "&&" } else { "||" };
                Mistake::new(at, format!("`{name}` is not an operator")).help(Some(format!("use `{right}`")))
            }
            Lexeme::Name(name) => Mistake::new(at, format!("`{name}` does not belong here")),
            Lexeme::Sign("=") => Mistake::new(at, "`=` is not an operator").help(Some("did you mean `==`?".into())),
            Lexeme::Sign(sign) if COMPARISONS.iter().any(|(s, _)| s == sign) => {
                Mistake::new(at, "comparisons cannot be chained").help(Some("join two with `&&`".into()))
            }
            Lexeme::Sign(sign) => Mistake::new(at, format!("`{sign}` does not belong here")),
            Lexeme::Literal(_) => Mistake::new(at, "a value does not belong here"),
            Lexeme::End => Mistake::new(at, "the expression ends too early"),
        };
        self.mistakes.push(mistake);
    }

    fn node(&mut self, at: usize, node: Node) -> Expr {
        self.nodes += 1;
        if self.nodes == NODES + 1 {
            self.mistakes.push(Mistake::new(at, format!("an expression of more than {NODES} parts")));
        }
        Expr { at, node }
    }

    fn or(&mut self) -> Expr {
        let mut left = self.and();
        while self.sign("||") {
            let (at, right) = (left.at, self.and());
            left = self.node(at, Node::Or(Box::new(left), Box::new(right)));
        }
        left
    }

    fn and(&mut self) -> Expr {
        let mut left = self.comparison();
        while self.sign("&&") {
            let (at, right) = (left.at, self.comparison());
            left = self.node(at, Node::And(Box::new(left), Box::new(right)));
        }
        left
    }

    fn comparison(&mut self) -> Expr {
        let left = self.unary();
        let at = left.at;
        if matches!(self.peek(), Lexeme::Name(name) if name == "in") {
            self.next += 1;
            let list = self.list();
            return self.node(at, Node::In(Box::new(left), list));
        }
        let Some((_, operator)) = COMPARISONS.iter().find(|(sign, _)| matches!(self.peek(), Lexeme::Sign(s) if s == sign)) else {
            return left;
        };
        self.next += 1;
        let right = self.unary();
        self.node(at, Node::Compare(*operator, Box::new(left), Box::new(right), &[]))
    }

    fn unary(&mut self) -> Expr {
        let at = self.at();
        if self.sign("!") {
            self.depth += 1;
            if self.depth > DEPTH {
                self.mistakes.push(Mistake::new(at, format!("nested deeper than {DEPTH}")));
                return Expr { at, node: Node::Wrong };
            }
            let inner = self.unary();
            self.depth -= 1;
            return self.node(at, Node::Not(Box::new(inner)));
        }
        if self.sign("-") {
            let negative = match self.peek() {
                Lexeme::Literal(Literal::Whole(n)) => Literal::Number(-(*n as f64), ""),
                Lexeme::Literal(Literal::Number(n, unit)) => Literal::Number(-n, unit),
                Lexeme::Literal(Literal::Duration(ms)) => Literal::Duration(-ms),
                // A negative share or size is only ever a change.
                Lexeme::Literal(Literal::Percent(ratio)) => Literal::Number(-(ratio.part as f64 * 100.0 / ratio.whole as f64), "%"),
                Lexeme::Literal(Literal::Bytes(n)) => Literal::Number(-(*n as f64), "B"),
                _ => {
                    self.mistakes.push(Mistake::new(at, "`-` belongs before a number"));
                    Literal::Whole(0)
                }
            };
            self.next += 1;
            return self.node(at, Node::Literal(negative));
        }
        self.primary()
    }

    fn primary(&mut self) -> Expr {
        let at = self.at();
        match self.peek().clone() {
            Lexeme::Literal(literal) => {
                self.next += 1;
                self.node(at, Node::Literal(literal))
            }
            Lexeme::Sign("(") => {
                self.next += 1;
                self.depth += 1;
                if self.depth > DEPTH {
                    self.mistakes.push(Mistake::new(at, format!("nested deeper than {DEPTH}")));
                    return Expr { at, node: Node::Wrong };
                }
                let inner = self.or();
                self.depth -= 1;
                self.expect(")");
                inner
            }
            Lexeme::Name(name) => {
                self.next += 1;
                self.name(at, name)
            }
            _ => {
                if self.mistakes.is_empty() {
                    self.unexpected();
                }
                Expr { at, node: Node::Wrong }
            }
        }
    }

    fn name(&mut self, at: usize, name: String) -> Expr {
        if name == "true" || name == "false" {
            return self.node(at, Node::Literal(Literal::Flag(name == "true")));
        }
        if self.sign("(") {
            let call = self.call(at, &name);
            self.expect(")");
            return call;
        }
        if !name.contains('.') {
            return self.node(at, Node::Field(name));
        }
        let labels = if self.sign("{") { self.labels() } else { Labels::new() };
        self.node(at, Node::Metric(Name::Owned(name), labels))
    }

    fn call(&mut self, at: usize, function: &str) -> Expr {
        self.depth += 1;
        if self.depth > DEPTH {
            self.mistakes.push(Mistake::new(at, format!("nested deeper than {DEPTH}")));
            return Expr { at, node: Node::Wrong };
        }
        let node = match function {
            "has" => Node::Has(Box::new(self.primary())),
            "delta" | "change" => Node::Change(Box::new(self.primary()), function == "change", ""),
            "or_else" => {
                let operand = self.primary();
                self.expect(",");
                let fallback = self.unary();
                match fallback.node {
                    Node::Literal(literal) => Node::OrElse(Box::new(operand), literal),
                    _ => {
                        self.mistakes.push(Mistake::new(fallback.at, "the second value of `or_else` must be a literal"));
                        Node::Wrong
                    }
                }
            }
            "glob" => self.glob(),
            "count" => self.family().map_or(Node::Wrong, Node::Count),
            "worst" => self.cell(),
            "all" => match self.family() {
                Some(family) => {
                    self.expect(",");
                    Node::All(family, Box::new(self.or()))
                }
                None => Node::Wrong,
            },
            _ => {
                let help = spelling::did_you_mean(function, FUNCTIONS).or_else(|| Some(format!("there are {}", FUNCTIONS.join(", "))));
                self.mistakes.push(Mistake::new(at, format!("there is no function `{function}`")).help(help));
                Node::Wrong
            }
        };
        self.depth -= 1;
        self.node(at, node)
    }

    fn word(&mut self) -> Option<(usize, String)> {
        let at = self.at();
        match self.peek().clone() {
            Lexeme::Name(name) => {
                self.next += 1;
                Some((at, name))
            }
            _ => {
                if self.mistakes.is_empty() {
                    self.unexpected();
                }
                None
            }
        }
    }

    fn family(&mut self) -> Option<&'static str> {
        let (at, name) = self.word()?;
        if name == super::check::ROWS {
            return Some(super::check::ROWS);
        }
        let family = catalogue::family_named(&name).map(|f| f.name);
        if family.is_none() {
            let help = spelling::did_you_mean(&name, catalogue::families().map(|f| f.name));
            self.mistakes.push(Mistake::new(at, format!("unknown record family `{name}`")).help(help));
        }
        family
    }

    /// `path, "src/**/*.py"`.
    fn glob(&mut self) -> Node {
        let text = self.primary();
        self.expect(",");
        let pattern = self.primary();
        let Node::Literal(Literal::Text(written)) = &pattern.node else {
            self.mistakes.push(Mistake::new(pattern.at, "the second value of `glob` must be a pattern in quotes"));
            return Node::Wrong;
        };
        match Glob::new(written) {
            Ok(glob) => Node::Glob(Box::new(text), glob),
            Err(why) => {
                self.mistakes.push(Mistake::new(pattern.at, format!("`{written}` is no pattern: {why}")));
                Node::Wrong
            }
        }
    }

    /// `golden.category.hallucination_rate`.
    fn cell(&mut self) -> Node {
        let Some((at, name)) = self.word() else { return Node::Wrong };
        let cells = || catalogue::families().flat_map(|f| f.fields.iter().map(move |(field, ..)| (f.name, *field)));
        let found = cells().find(|(family, field)| name.strip_prefix(family).and_then(|rest| rest.strip_prefix('.')) == Some(*field));
        if let Some((family, field)) = found {
            return Node::Worst(family, field);
        }
        let names: Vec<String> = cells().map(|(family, field)| format!("{family}.{field}")).collect();
        let help = spelling::did_you_mean(&name, names.iter().map(String::as_str));
        self.mistakes.push(Mistake::new(at, format!("unknown cell `{name}`")).help(help));
        Node::Wrong
    }

    fn labels(&mut self) -> Labels {
        let mut labels = Labels::new();
        while let Some((at, name)) = self.word() {
            if !self.sign("=") {
                self.sign("==");
            }
            match self.peek().clone() {
                Lexeme::Literal(Literal::Text(value)) => {
                    self.next += 1;
                    labels.insert(Name::Owned(name), value);
                }
                _ => {
                    self.mistakes.push(Mistake::new(at, format!("the label `{name}` needs a text in quotes")));
                    break;
                }
            }
            if !self.sign(",") {
                break;
            }
        }
        self.expect("}");
        labels
    }

    fn list(&mut self) -> Vec<Literal> {
        let mut values = Vec::new();
        self.expect("[");
        while !self.sign("]") {
            let value = self.unary();
            match value.node {
                Node::Literal(literal) => values.push(literal),
                _ => {
                    if self.mistakes.is_empty() {
                        self.mistakes.push(Mistake::new(value.at, "a list holds literals"));
                    }
                    break;
                }
            }
            if !self.sign(",") {
                self.expect("]");
                break;
            }
        }
        values
    }
}
