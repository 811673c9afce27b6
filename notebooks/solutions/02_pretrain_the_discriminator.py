"""Solutions of the exercises in 02_pretrain_the_discriminator."""

from ganlab.backend import tf


def clamp(outputs):  # as in the notebook
    return tf.clip_by_value(tf.tanh(outputs), 0.01, 0.99)


def training_step(G, D, g_optimizer, d_optimizer, real, d_z, g_z):
    with tf.GradientTape() as tape:
        d_real, d_fake = clamp(D(real)), clamp(D(G(d_z)))
        d_loss = -tf.reduce_mean(tf.math.log(d_real)) - tf.reduce_mean(tf.math.log(1 - d_fake))
    d_weights = D.trainable_variables
    d_optimizer.apply(tape.gradient(d_loss, d_weights), d_weights)

    with tf.GradientTape() as tape:
        g_loss = -tf.reduce_mean(tf.math.log(clamp(D(G(g_z)))))
    g_weights = G.trainable_variables
    g_optimizer.apply(tape.gradient(g_loss, g_weights), g_weights)
    return float(d_loss), float(g_loss)


SOLUTIONS = {"02.1": training_step}
