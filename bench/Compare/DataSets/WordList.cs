using System;
using System.Text;

namespace BackupModule.Compare.DataSets;

/// <summary>Text that compresses about as prose and code do: words from a list, the first ones far more often.</summary>
internal sealed class WordList
{
    private const int Count = 5000;
    private const int WordsPerLine = 12;

    private readonly byte[][] _words = new byte[Count][];

    /// <summary>Makes the words that belong to the seed.</summary>
    public WordList(ulong seed)
    {
        SeededRandom random = new(seed);
        for (int i = 0; i < Count; i++)
        {
            byte[] word = new byte[random.Next(3, 10)];
            for (int k = 0; k < word.Length; k++)
            {
                word[k] = (byte)('a' + random.Next(26));
            }

            _words[i] = word;
        }
    }

    /// <summary>A word; the smaller of two draws, so that early words are frequent.</summary>
    public ReadOnlySpan<byte> Pick(SeededRandom random) => _words[Math.Min(random.Next(Count), random.Next(Count))];

    /// <summary>Fills the buffer with lines of words.</summary>
    public void Fill(Span<byte> buffer, SeededRandom random)
    {
        int onLine = 0;
        while (!buffer.IsEmpty)
        {
            ReadOnlySpan<byte> word = Pick(random);
            int length = Math.Min(word.Length, buffer.Length);
            word[..length].CopyTo(buffer);
            buffer = buffer[length..];
            if (!buffer.IsEmpty)
            {
                onLine = (onLine + 1) % WordsPerLine;
                buffer[0] = onLine == 0 ? (byte)'\n' : (byte)' ';
                buffer = buffer[1..];
            }
        }
    }

    /// <summary>A word as text.</summary>
    public string PickText(SeededRandom random) => Encoding.ASCII.GetString(Pick(random));
}
