#[secrets(prefx = "SHOP_", debug)]
pub enum Shop<'a, T: Clone = u8> {
    Open(&'a T),
    Closed,
}
