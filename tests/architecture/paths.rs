//! Every path that a source file names, as it would read from the crate's root.

use std::collections::{BTreeSet, HashMap};

use syn::buffer::{Cursor, TokenBuffer};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// What one file names.
pub struct Named {
    /// The paths, with `use`, renames, `super` and `self` resolved; a path of this package begins
    /// with `crate`. A glob ends in `*`.
    pub paths: BTreeSet<String>,
    /// The modules that the file declares for tests alone, in files of their own.
    pub test_modules: Vec<Vec<String>>,
}

/// Reads a file's text; `module` is the file's own module, `["crate", "ui", "theme"]`. What is
/// there under `#[cfg(test)]` is passed over: tests may name everything.
pub fn named(source: &str, module: &[&str]) -> syn::Result<Named> {
    let file = syn::parse_file(source)?;
    let mut reader = Reader {
        module: module.iter().map(ToString::to_string).collect(),
        aliases: HashMap::new(),
        paths: Vec::new(),
        test_modules: Vec::new(),
    };
    reader.visit_file(&file);
    let paths = reader
        .paths
        .iter()
        .map(|path| reader.resolved(path).join("::"))
        .collect();
    Ok(Named {
        paths,
        test_modules: reader.test_modules,
    })
}

struct Reader {
    module: Vec<String>,
    /// What `use` brought in: the name here, and the path that it stands for.
    aliases: HashMap<String, Vec<String>>,
    paths: Vec<Vec<String>>,
    test_modules: Vec<Vec<String>>,
}

impl Reader {
    /// Takes in a path as it is written at this place.
    fn take(&mut self, written: Vec<String>) {
        let absolute = self.absolute(written);
        self.paths.push(absolute);
    }

    /// `super::x` and `self::x` from the crate's root on; this package's own name is `crate`.
    fn absolute(&self, written: Vec<String>) -> Vec<String> {
        let mut base: Option<Vec<String>> = None;
        let mut rest = written.into_iter().peekable();
        while let Some(segment) = rest.next_if(|segment| {
            matches!(
                segment.as_str(),
                "crate" | "audio_housekeeper" | "self" | "super"
            )
        }) {
            match segment.as_str() {
                "crate" | "audio_housekeeper" => base = Some(vec!["crate".to_owned()]),
                "self" => base = Some(base.unwrap_or_else(|| self.module.clone())),
                _ => {
                    let mut up = base.unwrap_or_else(|| self.module.clone());
                    up.pop();
                    base = Some(up);
                }
            }
        }
        let mut absolute = base.unwrap_or_default();
        absolute.extend(rest);
        absolute
    }

    /// Replaces a first segment that `use` brought in by what it stands for.
    fn resolved(&self, path: &[String]) -> Vec<String> {
        let mut path = path.to_vec();
        // An alias may stand on another; eight of them is more than anyone writes.
        for _ in 0..8 {
            let Some(target) = path.first().and_then(|first| self.aliases.get(first)) else {
                break;
            };
            if target.first() == path.first() {
                break;
            }
            path.splice(..1, target.iter().cloned());
        }
        path
    }

    fn take_use(&mut self, tree: &UseTree, prefix: &[String]) {
        let joined = |name: String| {
            let mut path = prefix.to_vec();
            path.push(name);
            path
        };
        match tree {
            UseTree::Path(inner) => {
                self.take_use(&inner.tree, &joined(inner.ident.to_string()));
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.take_use(tree, prefix);
                }
            }
            UseTree::Glob(_) => self.take(joined("*".to_owned())),
            UseTree::Name(name) if name.ident == "self" => {
                self.bring_in(prefix.last().cloned().unwrap_or_default(), prefix.to_vec());
            }
            UseTree::Name(name) => {
                self.bring_in(name.ident.to_string(), joined(name.ident.to_string()));
            }
            UseTree::Rename(rename) if rename.ident == "self" && !prefix.is_empty() => {
                self.bring_in(rename.rename.to_string(), prefix.to_vec());
            }
            UseTree::Rename(rename) => {
                self.bring_in(rename.rename.to_string(), joined(rename.ident.to_string()));
            }
        }
    }

    fn bring_in(&mut self, name: String, written: Vec<String>) {
        let path = self.absolute(written);
        self.aliases.insert(name, path.clone());
        self.paths.push(path);
    }

    /// Finds what looks like a path in tokens that no parser has read yet. Within a group of a
    /// `use`, `prefix` is what stands before the group.
    fn take_tokens(&mut self, mut rest: Cursor<'_>, prefix: &[String]) {
        let mut path = prefix.to_vec();
        let mut colons = if prefix.is_empty() { 0 } else { 2 };
        while !rest.eof() {
            if let Some((name, next)) = rest.ident() {
                if colons != 2 {
                    self.end(&mut path);
                }
                path.push(name.to_string());
                colons = 0;
                rest = next;
            } else if let Some((inner, _, _, next)) = rest.any_group() {
                let before = if colons == 2 {
                    std::mem::take(&mut path)
                } else {
                    Vec::new()
                };
                self.end(&mut path);
                self.take_tokens(inner, &before);
                colons = 0;
                rest = next;
            } else if let Some((mark, next)) = rest.punct() {
                match mark.as_char() {
                    ':' => colons += 1,
                    '*' if colons == 2 => path.push("*".to_owned()),
                    ',' if !prefix.is_empty() => {
                        self.end(&mut path);
                        path = prefix.to_vec();
                        colons = 2;
                    }
                    _ => {
                        self.end(&mut path);
                        colons = 0;
                    }
                }
                rest = next;
            } else {
                self.end(&mut path);
                colons = 0;
                if let Some((literal, _)) = rest.literal() {
                    self.take_literal(&literal.to_string());
                }
                match rest.token_tree() {
                    Some((_, next)) => rest = next,
                    None => break,
                }
            }
        }
        self.end(&mut path);
    }

    /// An attribute may name a path in quotes: `#[serde(with = "crate::text")]`.
    fn take_literal(&mut self, literal: &str) {
        let text = literal.trim_matches('"');
        if text.contains("::")
            && let Ok(path) = syn::parse_str::<syn::Path>(text)
        {
            self.visit_path(&path);
        }
    }

    fn end(&mut self, path: &mut Vec<String>) {
        if !path.is_empty() {
            self.take(std::mem::take(path));
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(is_cfg_test) {
            visit::visit_item(self, item);
        } else if let Item::Mod(module) = item
            && module.content.is_none()
        {
            let mut path = self.module.clone();
            path.push(module.ident.to_string());
            self.test_modules.push(path);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.take_use(&item.tree, &[]);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
        self.bring_in(name.to_string(), vec![item.ident.to_string()]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.take(
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect(),
        );
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.visit_path(&invocation.path);
        self.take_tokens(TokenBuffer::new2(invocation.tokens.clone()).begin(), &[]);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.visit_path(&list.path);
        self.take_tokens(TokenBuffer::new2(list.tokens.clone()).begin(), &[]);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Path>()
            .is_ok_and(|condition| condition.is_ident("test"))
}
