use egui::{Color32, Pos2, Sense, Shape, Stroke, Ui, pos2, vec2};

/// A small drawing beside words; it says nothing that they don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// As it should be.
    Check,
    /// Wants a look.
    Warning,
    /// To know.
    Information,
}

impl Icon {
    /// Draws it in a square as high as a line of text.
    pub fn show(self, ui: &mut Ui, colour: Color32) {
        let (rect, _) = ui.allocate_exact_size(vec2(16.0, 18.0), Sense::hover());
        self.paint(ui, rect.center(), colour);
    }

    /// Draws it around `centre`, 14 points wide.
    pub fn paint(self, ui: &Ui, centre: Pos2, colour: Color32) {
        let stroke = Stroke::new(1.8, colour);
        let at = |x: f32, y: f32| pos2(centre.x + x, centre.y + y);
        let painter = ui.painter();
        match self {
            Self::Check => {
                let line = vec![at(-4.5, 0.5), at(-1.5, 3.5), at(4.5, -3.5)];
                painter.add(Shape::line(line, stroke));
            }
            Self::Warning => {
                let outline = vec![at(0.0, -6.0), at(7.0, 6.0), at(-7.0, 6.0)];
                painter.add(Shape::closed_line(outline, Stroke::new(1.5, colour)));
                painter.line_segment([at(0.0, -1.8), at(0.0, 2.0)], stroke);
                painter.circle_filled(at(0.0, 4.2), 0.9, colour);
            }
            Self::Information => {
                painter.circle_stroke(centre, 6.5, Stroke::new(1.5, colour));
                painter.line_segment([at(0.0, -0.5), at(0.0, 3.5)], stroke);
                painter.circle_filled(at(0.0, -3.0), 0.9, colour);
            }
        }
    }
}
