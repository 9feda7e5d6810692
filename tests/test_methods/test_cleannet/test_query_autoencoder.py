import torch

from nl_plugins.methods.cleannet.query_autoencoder import QueryAutoencoder


def test_five_layers_with_the_code_in_the_middle():
    torch.manual_seed(0)
    encoder = QueryAutoencoder(6, 4, 3)
    features = torch.randn(5, 6)
    code, reconstruction = encoder(features)
    hidden = torch.tanh(features @ encoder.hidden.weight.T + encoder.hidden.bias)
    want = torch.tanh(hidden @ encoder.code.weight.T + encoder.code.bias)
    torch.testing.assert_close(code, want)
    assert torch.equal(encoder.encode(features), code)
    first, _, last = encoder.decoder
    hidden = torch.tanh(want @ first.weight.T + first.bias)
    torch.testing.assert_close(reconstruction, hidden @ last.weight.T + last.bias)
    assert (hidden.shape, reconstruction.shape) == ((5, 4), (5, 6))


def test_learns_to_reconstruct():
    torch.manual_seed(0)
    features = torch.randn(200, 3) @ torch.randn(3, 12)
    features = features / features.norm(dim=1, keepdim=True)
    encoder = QueryAutoencoder(12, 16, 8)
    optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-2)
    errors = []
    for _ in range(150):
        error = (encoder(features)[1] - features).square().sum(1).mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        errors.append(float(error))
    assert errors[-1] < 0.1 * errors[0]
