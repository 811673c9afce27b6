"""Solutions of the exercises in 02_pretrain_the_discriminator."""


def momentum_path(gradients, rate, momentum):
    position, update, path = 0.0, 0.0, []
    for gradient in gradients:
        update = momentum * update - rate * gradient
        position += update
        path.append(position)
    return path


SOLUTIONS = {"02.1": momentum_path}
