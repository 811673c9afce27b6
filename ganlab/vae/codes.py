"""What an encoder says about z, and how far that is from where z is drawn to generate."""

from ganlab.backend import tf
from ganlab.guards import guard, tensor, told
from ganlab.vae.likelihoods import clipped

# Between these an encoder's log variances are clipped: standard deviations from 0.00005 to 150.
# A float32 overflows at a log variance of 89.
LEAST, MOST = -20.0, 10.0


@told
@guard(outputs=tensor(1))
def code(outputs):
    """(mean, log variance) of q(z|x), each (..., latent_dim), of an encoder's outputs
    (..., 2 * latent_dim): means, then log variances, clipped between -20 and 10."""
    mean, log_variance = tf.split(outputs, 2, axis=-1)
    return mean, clipped(log_variance, LEAST, MOST)


@told
@guard(mean=tensor(1), log_variance=tensor(1))
def divergence(mean, log_variance):
    """KL(q(z|x) || N(0, I)) in nats, (...): sum of (mean^2 + variance - log variance - 1) / 2 over
    the coordinates of z, which are independent and normal. Kingma and Welling 2014, appendix B."""
    each = tf.square(mean) + tf.math.expm1(log_variance) - log_variance
    return 0.5 * tf.reduce_sum(each, axis=-1)
