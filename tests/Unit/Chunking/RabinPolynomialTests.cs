using System;
using System.Linq;
using BackupModule.Core.Chunking;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Chunking;

public sealed class RabinPolynomialTests
{
    [Theory]
    [InlineData("343242029632ef")]
    [InlineData("3da3358b4dc173")]
    [InlineData("3DA3358B4DC173")]
    public void A_polynomial_of_a_real_repository_is_read(string hex) =>
        Assert.Equal(hex.ToLowerInvariant(), RabinPolynomial.Parse(hex).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(" 343242029632ef")]
    [InlineData("0x343242029632ef")]
    [InlineData("not a polynomial")]
    [InlineData("343242029632ee")] // x divides it
    [InlineData("20000000000003")] // reducible, of the right degree
    [InlineData("7")] // irreducible, of the wrong degree
    [InlineData("0")]
    [InlineData("1343242029632ef343242029632ef")] // more than 64 bits
    public void Anything_else_is_no_chunker_polynomial(string hex) =>
        Assert.Throws<FormatException>(() => RabinPolynomial.Parse(hex));

    [Fact]
    public void Small_polynomials_are_irreducible_exactly_when_no_smaller_one_divides_them()
    {
        for (ulong bits = 0; bits < 1024; bits++)
        {
            RabinPolynomial polynomial = new(bits);
            bool hasDivisor = Enumerable.Range(2, Math.Max(0, (int)bits - 2)).Any(divisor =>
                new RabinPolynomial((ulong)divisor).Degree < polynomial.Degree
                && RabinPolynomial.Modulo(bits, (ulong)divisor) == 0);

            Assert.Equal(bits > 1 && !hasDivisor, polynomial.IsIrreducible);
        }
    }

    [Fact]
    public void The_product_of_two_polynomials_is_not_irreducible() =>
        Gen.Select(Gen.ULong[2, 1ul << 26], Gen.ULong[2, 1ul << 26]).Sample(
            (a, b) => Assert.False(new RabinPolynomial(Product(a, b)).IsIrreducible), iter: 300);

    [Fact]
    public void Random_polynomials_are_fit_for_a_repository()
    {
        for (int i = 0; i < 10; i++)
        {
            RabinPolynomial polynomial = RabinPolynomial.Random();
            Assert.Equal(polynomial, RabinPolynomial.Parse(polynomial.ToString()));
        }
    }

    private static ulong Product(ulong a, ulong b)
    {
        ulong product = 0;
        for (int i = 0; i < 27; i++)
        {
            product ^= (b >> i & 1) != 0 ? a << i : 0;
        }

        return product;
    }
}
