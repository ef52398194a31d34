using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Diagnostics;

/// <summary>Finds what somebody probably meant to type.</summary>
public static class Spelling
{
    /// <summary>The candidates that differ least from a word, case aside, the nearest first.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="candidates">What could have been meant.</param>
    /// <param name="mistakes">How many letters may be missing, too many or other ones.</param>
    public static IEnumerable<string> Nearest(string word, IEnumerable<string> candidates, int mistakes) =>
        candidates
            .Where(candidate => Math.Abs(candidate.Length - word.Length) <= mistakes)
            .Select(candidate => (Candidate: candidate, Mistakes: Distance(word, candidate)))
            .Where(found => found.Mistakes <= mistakes)
            .OrderBy(static found => found.Mistakes)
            .Select(static found => found.Candidate);

    /// <summary>The Levenshtein distance, case aside.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 0; i < left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int same = char.ToUpperInvariant(left[i]) == char.ToUpperInvariant(right[j]) ? 0 : 1;
                (diagonal, row[j + 1]) =
                    (row[j + 1], Math.Min(Math.Min(row[j], row[j + 1]) + 1, diagonal + same));
            }
        }

        return row[^1];
    }
}
