using System.Collections.Generic;
using System.Numerics;
using System.Threading;

namespace BackupModule.Core.Indexing;

/// <summary>A set of entries of a <see cref="BlobIndex"/>, by their numbers: one bit for each entry that the index had
/// when the set was made. Many threads may add and ask at once.</summary>
public sealed class BlobSet
{
    private const int BitsInWord = 64;

    private readonly ulong[] _words;

    /// <summary>An empty set.</summary>
    public BlobSet(BlobIndex index) => _words = new ulong[(index.Count + BitsInWord - 1) / BitsInWord];

    /// <summary>Number of entries in the set. Nothing may be added meanwhile.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>Adds an entry; true for the one caller who did.</summary>
    public bool Add(int number)
    {
        ulong bit = 1UL << (number % BitsInWord);
        return (Interlocked.Or(ref _words[number / BitsInWord], bit) & bit) == 0;
    }

    /// <summary>The numbers of the entries in the set, ascending. Nothing may be added meanwhile.</summary>
    public IEnumerable<int> Enumerate()
    {
        for (int word = 0; word < _words.Length; word++)
        {
            for (ulong rest = _words[word]; rest != 0; rest &= rest - 1)
            {
                yield return (word * BitsInWord) + BitOperations.TrailingZeroCount(rest);
            }
        }
    }

    /// <summary>Adds all entries of another set over the same index, made at the same time.</summary>
    public void UnionWith(BlobSet other)
    {
        for (int word = 0; word < _words.Length; word++)
        {
            _words[word] |= other._words[word];
        }
    }

    /// <summary>True if the entry is in the set; false for entries that are newer than the set.</summary>
    public bool Contains(int number) =>
        number / BitsInWord < _words.Length
        && ((Volatile.Read(ref _words[number / BitsInWord]) >> (number % BitsInWord)) & 1) != 0;
}
